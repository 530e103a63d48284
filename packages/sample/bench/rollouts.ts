// The drawing of many short texts by sampleBatch, as reinforcement learning does, beside rows that step together until the
// longest text ends. `npm run bench -w @llm/sample`. CPU time, medians of rounds that take the two by turns; `-- profile` for
// one long run of sampleBatch alone. It should say that lockstep takes at least twice as long.
import { Gpt } from "@llm/gpt";
import { type LogitsModel, type Session, sampleBatch, uniform } from "@llm/sample";
import { engine, useEngine } from "@llm/tensor";
import { History } from "../src/history.js";
import { Sampler } from "../src/sampler.js";
import { resolve } from "../src/settings.js";

const V = 256;
const END = 0;
const PROMPTS = 16;
const SAMPLES = 16;
const PROMPT = 12;
const MOST = 40;
const ROUNDS = 7;

/** A model of 0.8 million parameters whose texts end where they should: a session's row knows its length alone. */
function modelWithEnds(gpt: Gpt): LogitsModel {
  /** From 5 to 40 tokens: short ones often, long ones now and then, as bare and worked sums are. */
  const tokensOf = (text: number) => 5 + Math.floor(36 * uniform({ seed: 5, position: text }) ** 2);
  const session = (rows?: number, options?: { positions?: number }): Session => {
    const own = gpt.session(rows, options);
    const lengths = new Map<number, number>();
    let texts = 0;
    return {
      get rows() {
        return own.rows;
      },
      length: (row) => own.length(row),
      async step(entries, options) {
        const logits = await own.step(entries, options);
        for (const [i, { row, ids }] of entries.entries()) {
          if (ids.length > 1 || !lengths.has(row)) lengths.set(row, tokensOf(texts++));
          const written = own.length(row) - PROMPT + 1;
          logits[i]![END] = written >= lengths.get(row)! ? 50 : -50;
        }
        return logits;
      },
      add: () => own.add(),
      fork: (row) => {
        const made = own.fork(row);
        lengths.delete(made);
        return made;
      },
      truncate(row, length) {
        lengths.delete(row);
        own.truncate(row, length);
      },
      free: (row) => own.free(row),
      dispose: () => own.dispose(),
    };
  };
  const { vocabSize, blockSize } = gpt;
  return { vocabSize, blockSize, config: { endOfText: END }, session };
}

const prompts = Array.from({ length: PROMPTS }, (_, key) =>
  Array.from({ length: PROMPT }, (_, i) => 1 + ((7919 * (i + 1) + 104_729 * key) % (V - 1))),
);

interface Drawing {
  tokens: number;
  steps?: number;
}

async function batch(model: LogitsModel, maxRows: number): Promise<Drawing> {
  const texts = await sampleBatch(model, prompts, { samples: SAMPLES, maxTokens: MOST, maxRows });
  return { tokens: texts.reduce((sum, { ids }) => sum + ids.length, 0) };
}

/** All texts in rows of one session, the prompts read once and forked; rows whose text has ended go on until all have. */
async function lockstep(model: LogitsModel): Promise<Drawing> {
  const session = model.session(PROMPTS, { positions: PROMPT + MOST - 1 });
  const settings = resolve({});
  const firsts = await session.step(session.rows.map((row, i) => ({ row, ids: prompts[i]! })));
  const texts = [...session.rows].flatMap((first, i) =>
    Array.from({ length: SAMPLES }, (_, s) => {
      const history = new History(prompts[i]!, settings.chain.penaltyWindow);
      const row = s === 0 ? first : session.fork(first);
      return {
        row,
        sampler: new Sampler(settings, history, V, 0, i * SAMPLES + s),
        length: 0,
        logits: firsts[i]!,
      };
    }),
  );
  let tokens = 0;
  const ended = new Set<number>();
  for (;;) {
    const ids = texts.map(({ sampler, logits, row }) => {
      const { id } = sampler.next(logits);
      if (!ended.has(row)) tokens++;
      if (id === END) ended.add(row);
      return [id];
    });
    if (ended.size === texts.length) break;
    const logits = await session.step(texts.map(({ row }, i) => ({ row, ids: ids[i]! })));
    for (const [i, text] of texts.entries()) text.logits = logits[i]!;
  }
  session.dispose();
  return { tokens };
}

await useEngine("auto", { threads: 1 });
const gpt = Gpt.create({ vocabSize: V, blockSize: 128, nLayer: 4, nHead: 4, nEmbd: 128 }, { seed: 1 });
const model = modelWithEnds(gpt);
console.log(`\n${engine().device}`);
console.log(`${PROMPTS} prompts with ${SAMPLES} texts each, ${MOST} tokens at most (4 layers, 128 wide)`);
if (process.argv.includes("profile")) for (let i = 0; i < 30; i++) await batch(model, 64);
else {
  const work = {
    lockstep: () => lockstep(model),
    "sampleBatch, 64 rows": () => batch(model, 64),
    "sampleBatch, 256 rows": () => batch(model, 256),
  };
  const all = new Map<string, number[]>(Object.keys(work).map((name) => [name, []]));
  const counts = new Map<string, number>();
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, draw] of Object.entries(work)) {
      const before = process.cpuUsage();
      const { tokens } = await draw();
      const { user, system } = process.cpuUsage(before);
      counts.set(name, tokens);
      if (round >= 0) all.get(name)!.push((user + system) / 1e6 / tokens); // the first is to warm up
    }
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;
  const slow = median(all.get("lockstep")!);
  for (const [name, times] of all) {
    const each = median(times);
    const mean = (counts.get(name)! / PROMPTS / SAMPLES).toFixed(1);
    console.log(
      `${name.padEnd(24)} ${(1 / each).toFixed(0).padStart(8)} tokens a CPU second, ${(slow / each).toFixed(2)} times lockstep's; ${mean} tokens a text`,
    );
  }
}
gpt.dispose();

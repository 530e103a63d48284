// How long training, an evaluation and decoding go on after the time that AbortSignal.timeout was given, on every engine: the
// 0.8 M model, batches of 12 x 64, and of 1 x 8 on `reference`.
//
//     npx tsx --conditions=@llm/source packages/train/bench/stopping.ts [engine...]      default: reference wasm native auto tfjs
//
// Milliseconds on the clock: of one piece of work alone (a step of one batch, a batch, a token), from when the signal was due to
// the end of the call, and the longest time without a turn of the event loop. tfjs is the real libtensorflow, in the folder
// that LLM_LIBTENSORFLOW names (`npm run test:libtensorflow -w @llm/tensor` makes it).
import { createRequire } from "node:module";
import { join } from "node:path";
import { Gpt, presets } from "@llm/gpt";
import { generate, type Tokenizer } from "@llm/sample";
import { type Engine, useEngine } from "@llm/tensor";
import { tfjs } from "@llm/tensor/tfjs";
import { evaluate, tokenArray, train } from "@llm/train";

const AFTER = 700;
const config = { ...presets["shakespeare-char-cpu"], vocabSize: 65 };
const data = tokenArray(Uint16Array.from({ length: 20_000 }, (_, i) => (i * i) % 65));
const bytes: Tokenizer = {
  vocabSize: 65,
  encode: (text) => Uint32Array.from(text, (letter) => letter.charCodeAt(0) % 65),
  decode: (ids) => String.fromCharCode(...Array.from(ids)),
  decoder: () => ({ write: (id) => String.fromCharCode(id), end: () => "" }),
};

const libtensorflow = process.env["LLM_LIBTENSORFLOW"];
async function choose(name: string): Promise<Engine | undefined> {
  if (name !== "tfjs") return useEngine(name as "auto");
  if (!libtensorflow) return undefined;
  const module = createRequire(join(libtensorflow, "package.json"))("@tensorflow/tfjs-node");
  return useEngine(await tfjs(module));
}

/** How late the work ends, and the longest time without a turn of the event loop meanwhile. */
async function stop(work: (signal: AbortSignal) => Promise<unknown>) {
  const signal = AbortSignal.timeout(AFTER);
  const due = performance.now() + AFTER;
  let turned = performance.now();
  let longest = 0;
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - turned);
    turned = now;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  await work(signal).catch((error: unknown) => {
    if (error !== signal.reason) throw error;
  });
  const late = performance.now() - due;
  clearImmediate(next);
  if (!signal.aborted) throw new Error("the work was over before the signal");
  return { late, longest: Math.max(longest, performance.now() - turned) };
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[2]!;
}

const names = process.argv.slice(2);
console.log("| engine | work | one piece, ms | end after the time, ms | longest without a turn, ms |");
console.log("|---|---|---|---|---|");
for (const name of names.length > 0 ? names : ["reference", "wasm", "native", "auto", "tfjs"]) {
  const engine = await choose(name);
  if (!engine) {
    console.log(`| ${name} | skipped: LLM_LIBTENSORFLOW names no folder | | | |`);
    continue;
  }
  const model = Gpt.create(config, { seed: 1 });
  const sizes = name === "reference" ? { batchSize: 1, blockSize: 8 } : { batchSize: 12, blockSize: 64 };
  const step = { ...sizes, steps: 1, lr: 1e-3 };
  const writing = { maxTokens: 1e9, overflow: "slide" } as const;
  const works = {
    training: [
      () => train(model, data, step).next(),
      (signal: AbortSignal) => train(model, data, { ...step, accumulation: 5000, signal }).next(),
    ],
    evaluation: [
      () => evaluate(model, data, { ...sizes, batches: 1 }),
      (signal: AbortSignal) => evaluate(model, data, { ...sizes, batches: 1e9, signal }),
    ],
    decoding: [
      () => generate(model, bytes, "a", { maxTokens: 1 }).next(),
      async (signal: AbortSignal) => {
        for await (const _ of generate(model, bytes, "a", { ...writing, signal }));
      },
    ],
  } as const;
  for (const [work, [piece, endless]] of Object.entries(works)) {
    const alone = await median(piece);
    const { late, longest } = await stop(endless);
    const cells = [alone, late, longest].map((ms) => ms.toFixed(1));
    console.log(`| ${name}: ${engine.device} | ${work} | ${cells.join(" | ")} |`);
  }
  model.dispose();
}
process.exit();

// What speculation gains on text that copies, and costs on prose: `npx tsx --conditions=@llm/source bench/speculation.ts`
// The model's work is real and its text is given: whatever its weights say, the next word is the script's. CPU time per token,
// medians of rounds that go without and with drafts by turns. `-- gpt2` for GPT-2 124M's shape.
import { readFileSync } from "node:fs";
import { Gpt, type GptConfig, presets } from "@llm/gpt";
import { complete, type LogitsModel, type Session, type SpeculateOption, type Tokenizer } from "@llm/sample";
import { engine, useEngine } from "@llm/tensor";

const isLarge = process.argv.includes("gpt2");
const PROMPT = 160;
const TOKENS = isLarge ? 128 : 256;
const ROUNDS = isLarge ? 3 : 5;

const config: GptConfig = isLarge
  ? presets["gpt2"]
  : { vocabSize: 8192, blockSize: 512, nLayer: 6, nHead: 6, nEmbd: 384 };

// Words and punctuation are the tokens.
const chapters = ["inference", "training", "tokenisation", "pretraining-data"].map((name) =>
  readFileSync(new URL(`../../../docs/chapters/${name}.md`, import.meta.url), "utf8"),
);
const numbers = new Map<string, number>();
const words = chapters
  .join("\n")
  .replaceAll(/```[\s\S]*?```/g, "")
  .match(/\s*\w+|\s*[^\w\s]/g)!
  .map((word) => {
    if (!numbers.has(word)) numbers.set(word, numbers.size);
    return numbers.get(word)!;
  });
const vocabSize = config.vocabSize;
const tokenizer: Tokenizer = {
  vocabSize,
  encode: () => new Uint32Array(),
  decode: () => "",
  decoder: () => ({ write: () => "", end: () => "" }),
};

/** The text that a model writes, whatever its weights say. `wrongEvery` so many words it is mistaken. */
function scripted(model: LogitsModel, script: readonly number[], wrongEvery = Number.POSITIVE_INFINITY) {
  return {
    vocabSize,
    blockSize: model.blockSize,
    session(rows?: number): Session {
      const inner = model.session(rows);
      return {
        get rows() {
          return inner.rows;
        },
        length: (row) => inner.length(row),
        async step(entries, options) {
          const answers = await inner.step(entries, options);
          for (const [i, { row }] of entries.entries()) {
            const logits = answers[i]!;
            const count = logits.length / vocabSize;
            logits.fill(0);
            for (let t = 0; t < count; t++) {
              const at = inner.length(row) - count + 1 + t;
              logits[t * vocabSize + ((script[at]! + Number(at % wrongEvery === 0)) % vocabSize)] = 20;
            }
          }
          return answers;
        },
        add: () => inner.add(),
        fork: (row) => inner.fork(row),
        truncate: (row, length) => inner.truncate(row, length),
        free: (row) => inner.free(row),
        dispose: () => inner.dispose(),
      };
    },
  };
}

/** A passage that is said again and again, each time with another word in every forty. */
const copying = (from: number) =>
  Array.from({ length: PROMPT + TOKENS }, (_, i) =>
    i >= PROMPT && i % 40 === 0 ? (i * 31) % numbers.size : words[from + (i % PROMPT)]!,
  );
const prose = (from: number) => words.slice(from, from + PROMPT + TOKENS);

for (const name of isLarge ? (["auto"] as const) : (["wasm", "auto"] as const)) {
  await useEngine(name, { threads: 1 });
  const model = Gpt.create(config, { seed: 1 });
  const small = Gpt.create({ ...config, nLayer: 1, nHead: 2, nEmbd: 128 }, { seed: 2 });
  console.log(`\n${engine().device}: ${(model.numParameters / 1e6).toFixed(0)}M parameters`);
  const cases: [string, (from: number) => number[], (script: number[]) => SpeculateOption][] = [
    ["copying, prompt lookup", copying, () => "prompt"],
    ["prose, prompt lookup", prose, () => "prompt"],
    ["prose, a draft model right 7 of 8 times", prose, (text) => ({ draft: scripted(small, text, 8) })],
    ["prose, a draft model right half the time", prose, (text) => ({ draft: scripted(small, text, 2) })],
    ["prose, a draft model never right", prose, (text) => ({ draft: scripted(small, text, 1) })],
  ];
  for (const [title, textOf, speculateOf] of cases) {
    const ratios: number[] = [];
    const totals = { drafted: 0, accepted: 0, steps: 0 };
    for (let round = -1; round < ROUNDS; round++) {
      const text = textOf(((round + 1) * 397) % (words.length - PROMPT - TOKENS));
      const run = async (speculate?: SpeculateOption) => {
        const start = process.cpuUsage();
        const { ids, speculation } = await complete(scripted(model, text), tokenizer, text.slice(0, PROMPT), {
          temperature: 0,
          maxTokens: TOKENS,
          ...(speculate && { speculate }),
        });
        const { user, system } = process.cpuUsage(start);
        if (ids.some((id, i) => id !== text[PROMPT + i])) throw new Error(`${title}: not the script's text`);
        return { time: user + system, speculation };
      };
      const plain = await run();
      const drafted = await run(speculateOf(text));
      if (round < 0) continue; // to warm up
      ratios.push(plain.time / drafted.time);
      for (const key of ["drafted", "accepted", "steps"] as const) totals[key] += drafted.speculation![key];
    }
    const median = ratios.sort((a, b) => a - b)[ROUNDS >> 1]!;
    const { drafted, accepted, steps } = totals;
    const counts = `${steps} steps for ${ROUNDS * TOKENS} tokens, ${accepted} of ${drafted} drafts taken`;
    console.log(
      `${title.padEnd(42)} ${median.toFixed(2)}x as fast (${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}); ${counts}`,
    );
  }
  model.dispose();
  small.dispose();
}

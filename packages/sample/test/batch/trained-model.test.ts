// Of a trained model a batch writes what single runs write, a text with drafts is the one without, and a row that goes on from a text
// it shares has what a new one has: to the bit. 200 prompts and 128 tokens of each are for `npm run test:long`: about two minutes of
// processor time for each engine and type.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Gpt } from "@llm/gpt";
import { complete, sampleBatch, type Tokenizer } from "@llm/sample";
import { doctor, rng, useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";

const data = process.env["LLM_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data");
const folder = join(data, "trained-model");
if (!existsSync(folder)) console.log(`Skipped: there is no trained model in ${folder}`);
const isLong = import.meta.env.MODE === "long";
/** Prompts at each temperature, and tokens of each at most. */
const [PROMPTS, TOKENS] = isLong ? [[80, 60, 60], 128] : [[4, 1, 1], 12];
/** A busy machine may need long for it. */
const LIMIT = { timeout: 3_600_000 };

const available = (await doctor()).filter(({ available }) => available).map(({ name }) => name as string);
const engines = (["wasm", "native"] as const).filter((name) => available.includes(name));

/** A tokenizer that has nothing to say. */
const ids: Tokenizer = {
  vocabSize: Number.MAX_SAFE_INTEGER,
  encode: () => new Uint32Array(),
  decode: () => "",
  decoder: () => ({ write: () => "", end: () => "" }),
};

describe
  .skipIf(!existsSync(folder))
  .each(
    engines.flatMap((engine) =>
      (isLong ? (["float32", "int8"] as const) : (["float32"] as const)).map(
        (dtype) => [engine, dtype] as const,
      ),
    ),
  )("%s, %s", (engine, dtype) => {
  const next = rng(5);
  const below = (n: number) => Math.floor(n * next());

  test("texts of a batch are those of single runs, and those with drafts", LIMIT, async () => {
    await useEngine(engine);
    const model = await Gpt.load(folder, { dtype });
    const draft = isLong ? await Gpt.load(folder, { dtype: "int4" }) : undefined;
    for (const [i, temperature] of [1, 0.6, 0].entries()) {
      const options = { maxTokens: TOKENS, stopIds: [], seed: i, temperature };
      const prompts = Array.from({ length: PROMPTS[i]! }, (_, at) => {
        const words = Array.from({ length: 1 + below(20) }, () => below(model.vocabSize));
        return at % 3 === 0 ? words : [...words, ...words, ...words.slice(0, 1 + below(words.length))];
      });
      const all = await sampleBatch(model, prompts, { ...options, maxRows: 48 });
      for (const [row, prompt] of prompts.entries()) {
        const [one] = await sampleBatch(model, [prompt], { ...options, row });
        expect({ ...one, prompt: row }).toEqual(all[row]);
        const speculate = draft && row % 3 === 2 ? { draft } : "prompt";
        const drafted = await complete(model, ids, prompt, { ...options, row, speculate });
        for (const key of ["ids", "logprobs", "finishReason"] as const)
          expect(drafted[key]).toEqual(one![key]);
      }
    }
    model.dispose();
    draft?.dispose();
  });

  test("logits behind a text that is kept are those of a new row", LIMIT, async () => {
    await useEngine(engine);
    const model = await Gpt.load(folder, { dtype });
    const session = model.session();
    const kept: number[] = [];
    for (let i = 0; i < (isLong ? 200 : 6); i++) {
      const shared = below(kept.length + 1);
      session.truncate(0, shared);
      const rest = Array.from({ length: 1 + below(Math.min(80, model.blockSize - shared)) }, () =>
        below(model.vocabSize),
      );
      kept.splice(shared, kept.length, ...rest);
      const [reused] = await session.step([{ row: 0, ids: rest }]);
      const cold = model.session();
      const [expected] = await cold.step([{ row: 0, ids: kept }]);
      cold.dispose();
      expect([...new Int32Array(reused!.slice().buffer)]).toEqual([
        ...new Int32Array(expected!.slice().buffer),
      ]);
      if (kept.length === model.blockSize) kept.length = 0;
    }
    session.dispose();
    model.dispose();
  });
});

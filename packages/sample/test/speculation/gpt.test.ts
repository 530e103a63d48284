import { Gpt, type GptConfig } from "@llm/gpt";
import { complete, modelOf, type SpeculateOption } from "@llm/sample";
import { engine, useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { bytes } from "../models.js";

const config: GptConfig = { vocabSize: 256, blockSize: 48, nLayer: 2, nHead: 2, nEmbd: 16 };
const prompt = "the cat sat on the mat, the cat";

/** Texts of a random model, sharpened so that they repeat themselves now and then, and what each source drafted of them. */
async function compare(sources: (draft: Gpt, itself: Gpt) => SpeculateOption[], seeds: number) {
  const model = Gpt.create(config, { seed: 4 });
  const draft = Gpt.create({ ...config, nLayer: 1, blockSize: 24 }, { seed: 5 });
  const before = engine().memory.allocations;
  const counts = sources(draft, model).map(() => ({ drafted: 0, accepted: 0, steps: 0 }));
  for (let seed = 0; seed < seeds; seed++) {
    const options = { seed, maxTokens: 40, temperature: [0, 0.02, 1][seed % 3]!, overflow: "slide" } as const;
    const expected = await complete(model, bytes, prompt, options);
    for (const [i, speculate] of sources(draft, model).entries()) {
      const { speculation, ...rest } = await complete(model, bytes, prompt, { ...options, speculate });
      expect(rest).toEqual(expected);
      for (const key of ["drafted", "accepted", "steps"] as const) counts[i]![key] += speculation![key];
    }
  }
  expect(engine().memory.allocations).toBe(before);
  model.dispose();
  draft.dispose();
  return counts;
}

describe("with a GPT", () => {
  test.each(["reference", "wasm", "auto"] as const)(
    "on %s texts are the same bits, and no tensor is left",
    async (name) => {
      await useEngine(name);
      const sources = (draft: Gpt, itself: Gpt): SpeculateOption[] => [
        "prompt",
        { ngram: 1, tokens: 8 },
        { draft },
        { draft: itself },
      ];
      const [prompted, , , own] = await compare(sources, 6);
      expect(prompted!.accepted).toBeGreaterThan(20);
      expect(own!.accepted).toBeGreaterThan(0.8 * own!.drafted);
      expect(own!.steps).toBeLessThan((6 * 40) / 3);
    },
  );

  test("texts pass the length where angles change", async () => {
    await useEngine("reference");
    const shortFactor = [1, 1, 1, 1];
    const scaling = {
      type: "longrope",
      shortFactor,
      longFactor: [3, 5, 7, 9],
      originalBlockSize: 40,
    } as const;
    const model = Gpt.create({ ...config, position: "rope", rope: { scaling } }, { seed: 4 });
    const options = { temperature: 0, maxTokens: 16 };
    const speculate = { draft: model, tokens: 5 };
    const { speculation, ...rest } = await complete(model, bytes, prompt, { ...options, speculate });
    expect(rest).toEqual(await complete(model, bytes, prompt, options));
    expect(speculation!.accepted).toBeGreaterThan(6);
    model.dispose();
  });

  test("a draft may be any model: here a function", async () => {
    await useEngine("reference");
    const model = Gpt.create(config, { seed: 4 });
    const draft = modelOf((ids) => Float32Array.from({ length: 256 }, (_, id) => Number(id === ids.at(-2))), {
      vocabSize: 256,
      blockSize: 3,
    });
    const options = { temperature: 0, maxTokens: 12 };
    const { speculation, ...rest } = await complete(model, bytes, prompt, {
      ...options,
      speculate: { draft },
    });
    expect(rest).toEqual(await complete(model, bytes, prompt, options));
    expect(speculation!.drafted).toBeGreaterThan(0);
    model.dispose();
  });
});

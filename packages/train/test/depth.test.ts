import { Gpt, modern } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { depth, tokenArray, train } from "../src/index.js";

beforeAll(() => useEngine("reference"));

const vocabSize = 32_768;
const blockSize = 2048;

/** nanochat's rules, from the weights of the model itself. */
function expected(n: number, tokens?: number) {
  const scaling = (layers: number) => {
    const config = modern(layers, { vocabSize, blockSize });
    const { nEmbd: d, nHead } = config;
    const gates = config.valueEmbeddings as boolean[];
    let sum = vocabSize * d;
    for (let layer = 0; layer < layers; layer++) {
      sum += 3 * d * d + d * d + 2 * 4 * d * d + (gates[layer] ? 12 * nHead! : 0);
    }
    return { d, sum };
  };
  const { d, sum } = scaling(n);
  const horizon = tokens ?? 12 * sum;
  const horizon12 = 12 * scaling(12).sum;
  const batch = 2 ** Math.round(Math.log2(2 ** 19 * (horizon / horizon12) ** 0.383));
  const rate = Math.sqrt(batch / 2 ** 19);
  return {
    width: d,
    scalingParameters: sum,
    tokens: horizon,
    tokensPerStep: batch,
    steps: Math.floor(horizon / batch),
    rate,
    decay: 0.28 * rate * (horizon12 / horizon),
    narrow: (d / 768) ** -0.5,
  };
}

interface Described {
  lrScale: number;
  beta1: number;
  weightDecay: number;
}

describe("depth", () => {
  test.each([4, 12, 20])("%d: every number by the rules", (n) => {
    const { options, ...plan } = depth(n, { vocabSize, blockSize, batchSize: 8 });
    const { steps, rate, decay, narrow, ...numbers } = expected(n);
    expect(plan).toMatchObject(numbers);
    expect(options).toMatchObject({ steps, batchSize: 8, blockSize, clip: Number.POSITIVE_INFINITY });
    expect(options.accumulation * 8 * blockSize).toBe(numbers.tokensPerStep);

    const peak = 0.02 * rate;
    const falling = Math.round(0.65 * steps);
    expect(options.lr(0)).toBeCloseTo(peak / 40, 12);
    expect(options.lr(38)).toBeCloseTo((peak * 39) / 40, 12);
    expect(options.lr(39)).toBeCloseTo(peak, 12);
    expect(options.lr(steps - falling)).toBeCloseTo(peak, 12);
    expect(options.lr(steps - 1)).toBeCloseTo(peak * (1 / falling + (1 - 1 / falling) * 0.05), 12);

    const described = options.optimizer.description["groups"] as Described[];
    const [head, embedding, values, residual, x0, matrices] = described;
    const rates = [head, embedding, values, residual, x0].map((group) => group!.lrScale * peak);
    const wanted = [0.008 * narrow, 0.3 * narrow, 0.15 * narrow, 0.005, 0.5].map((each) => each * rate);
    for (const [i, each] of wanted.entries()) expect(rates[i]).toBeCloseTo(each, 12);
    expect([head!.beta1, x0!.beta1, head!.weightDecay, embedding!.weightDecay]).toEqual([
      0.8, 0.96, 0.01, 0.001,
    ]);
    const { momentum, weightDecay } = matrices as unknown as Record<string, Record<string, number>>;
    expect(momentum!["update 0"]).toBe(0.85);
    expect(momentum!["update 256"]).toBeCloseTo(0.85 + 0.12 * (256 / 400), 12);
    expect(momentum![`update ${2 ** 19}`]).toBeCloseTo(0.9, 12);
    expect(weightDecay!["update 0"]).toBeCloseTo(decay, 12);
    expect(weightDecay!["update 512"]).toBeCloseTo(decay * 0.5 * (1 + Math.cos((Math.PI * 512) / steps)), 12);
  });

  test("the numbers at depth 12, which all others are in proportion to", () => {
    const plan = depth(12, { vocabSize, blockSize });
    expect(plan).toMatchObject({ width: 768, scalingParameters: 110_100_912, tokens: 1_321_210_944 });
    expect([plan.tokensPerStep, plan.options.steps, plan.options.lr(100)]).toEqual([2 ** 19, 2520, 0.02]);
  });

  test("tokens that are asked for change the batch, the rates and the decay", () => {
    const { steps, decay } = expected(12, 1e8);
    const plan = depth(12, { vocabSize, blockSize, tokens: 1e8 });
    expect(plan.options.steps).toBe(steps);
    expect(plan.tokensPerStep).toBe(2 ** 18);
    expect(plan.reasons.join("\n")).toContain(`weight decay ${decay.toPrecision(3)}`);
    expect(plan.reasons.join("\n")).toContain("as asked, 0.908 for each");
  });

  test("rows that do not divide the batch come as near as they can, and it is said", () => {
    const plan = depth(12, { vocabSize, blockSize: 1000, batchSize: 3 });
    expect([plan.options.accumulation, plan.tokensPerStep]).toEqual([175, 525_000]);
    expect(plan.reasons.join("\n")).toContain("524,288, as near as 3 rows of 1000 come");
  });

  test("says each number's reason", () => {
    const { reasons } = depth(20, { vocabSize, blockSize });
    expect(reasons[0]).toBe("width 1280: 64 for each of 20 blocks, rounded up to whole heads of 128");
    for (const word of ["tokens", "steps", "matrices", "embedding", "head", "warmup", "momentum", "decay"]) {
      expect(
        reasons.some((reason) => reason.includes(word)),
        word,
      ).toBe(true);
    }
  });

  test("refuses what is no depth", () => {
    expect(() => depth(0, { vocabSize, blockSize })).toThrow("depth got 0 blocks");
    expect(() => depth(1.5, { vocabSize, blockSize })).toThrow("depth got 1.5 blocks");
    expect(() => depth(4, { vocabSize: 0, blockSize })).toThrow("vocabSize of depth");
  });

  test("trains the model of @llm/gpt, every weight in its group", async () => {
    await useEngine("wasm", { threads: 1 });
    const shape = { vocabSize: 8, blockSize: 8 };
    const model = Gpt.create(modern(1, shape), { seed: 1 });
    const plan = depth(1, { ...shape, batchSize: 2, tokens: 1e5 });
    const state = plan.options.optimizer.start(model.parameters());
    const { groups: found } = state.description as { groups: { name: string; parameters: string[] }[] };
    expect(found.map(({ name, parameters }) => [name, ...parameters])).toEqual([
      ["adamw", "lm_head.weight"],
      ["adamw", "wte.weight"],
      ["adamw", "h.0.attn.value_embedding.weight"],
      ["adamw", "h.0.mix.resid_lambda"],
      ["adamw", "h.0.mix.x0_lambda"],
      [
        "muon",
        ...["attn.c_attn", "attn.value_gate", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"].map(
          (name) => `h.0.${name}.weight`,
        ),
      ],
    ]);
    state.dispose();

    const data = tokenArray(Array.from({ length: 400 }, (_, i) => i % 8));
    const losses: number[] = [];
    const steps = 6;
    for await (const { loss } of train(model, data, { ...plan.options, steps, accumulation: 1 }))
      losses.push(loss);
    expect(losses[0]).toBeCloseTo(Math.log(8), 1);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
  });
});

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSafetensors, tensor, useEngine, valueAndGrad, write } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError, completeConfig, Gpt, type GptConfig, modern, OptionsError } from "../src/index.js";
import { describe as inspect } from "../src/inspect/index.js";

const folder = fileURLToPath(new URL("./golden/modern", import.meta.url));
const golden = JSON.parse(readFileSync(`${folder}/golden.json`, "utf8")) as {
  ids: number[];
  targets: number[];
  loss: number;
  greedy: number[][];
};
const expected = readSafetensors(readFileSync(`${folder}/golden.safetensors`)).tensors;
const ids = () => tensor(golden.ids, [2, 12], "int32");
const targets = () => tensor(golden.targets, [2, 12], "int32");

/** The largest difference as a share of the largest value. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(b[i]!));
  }
  return difference / size;
}

async function gradients(model: Gpt, recompute = false) {
  const { value, grads } = valueAndGrad(
    () => model.loss(ids(), targets(), { recompute }),
    model.parameters(),
  );
  const data = await Promise.all(grads.map((grad) => grad.data()));
  return { loss: (await value.data())[0]!, data };
}

// What PyTorch answers in float64 (golden/modern.py).
describe("value embeddings and residual scalars against PyTorch", () => {
  test("logits to 1e-9 and every gradient to 1e-6 in float64, recomputed alike to the bit", async () => {
    await useEngine("reference", { precision: "float64" });
    const model = await Gpt.load(folder);
    expect(relative(await model.forward(ids()).data(), expected.get("logits")!.data)).toBeLessThan(1e-9);
    const { loss, data } = await gradients(model);
    expect(loss).toBeCloseTo(golden.loss, 9);
    const parameters = model.parameters();
    expect(parameters.map(({ name }) => name).sort()).toEqual(
      [...expected.keys()].filter((name) => name !== "logits").sort(),
    );
    for (const [i, { name }] of parameters.entries()) {
      expect(relative(data[i]!, expected.get(name)!.data), name).toBeLessThan(1e-6);
    }
    expect(await gradients(model, true)).toEqual({ loss, data });
  });

  describe.each(["reference", "wasm", "auto"] as const)("in float32, engine %s", (engine) => {
    beforeAll(() => useEngine(engine));

    test("logits to 1e-5, every gradient to 1e-4, recomputed alike to the bit", async () => {
      const model = await Gpt.load(folder);
      expect(relative(await model.forward(ids()).data(), expected.get("logits")!.data)).toBeLessThan(1e-5);
      const { loss, data } = await gradients(model);
      for (const [i, { name }] of model.parameters().entries()) {
        expect(relative(data[i]!, expected.get(name)!.data), name).toBeLessThan(1e-4);
      }
      expect(await gradients(model, true)).toEqual({ loss, data });
    });

    test("a cache gives the full pass's logits and greedy text", async () => {
      const model = await Gpt.load(folder);
      const session = model.session(2);
      const rows = golden.greedy.map((row) => row.slice(0, 4));
      let next = rows.map((ids, row) => ({ row, ids }));
      while (rows[0]!.length < 12) {
        const logits = await session.step(next);
        const length = rows[0]!.length;
        const full = await model.forward(tensor(rows.flat(), [2, length], "int32")).data();
        const last = rows.flatMap((_, r) => [
          ...full.subarray((r * length + length - 1) * 23, (r + 1) * length * 23),
        ]);
        expect(relative(Float32Array.from(logits.flatMap((each) => [...each])), last)).toBeLessThan(1e-5);
        next = logits.map((each, row) => ({ row, ids: [each.indexOf(Math.max(...each))] }));
        for (const { row, ids } of next) rows[row]!.push(...ids);
      }
      expect(rows).toEqual(golden.greedy);
    });
  });

  test("is saved and described as what it is", async () => {
    await useEngine("reference");
    const model = await Gpt.load(folder);
    const again = await Gpt.fromFiles(await model.toFiles());
    expect(again.config).toEqual(model.config);
    expect(await again.forward(ids()).data()).toEqual(await model.forward(ids()).data());
    const described = inspect(model);
    const weights = described.filter(({ kind }) => kind === "weight").map(({ name }) => name);
    expect(weights).toEqual(model.parameters().map(({ name }) => name));
    const seen: string[] = [];
    model.forward(ids(), { capture: (name) => seen.push(name) });
    expect(described.filter(({ kind }) => kind === "activation").map(({ name }) => name)).toEqual(seen);
    expect(described.find(({ name }) => name === "h.1.mix")?.inputs).toEqual([
      "h.0.residual_2",
      "h.1.mix.resid_lambda",
      "embedding",
      "h.1.mix.x0_lambda",
    ]);
    expect(described.find(({ name }) => name === "h.0.attn.value_embedding")?.inputs).toContain("ids");
  });
});

describe("each alone", () => {
  const small: GptConfig = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 };
  beforeAll(() => useEngine("reference", { precision: "float64" }));

  // A gate of zeros is 1.5; a table of zeros and scalars of 1 and 0 leave GPT-2.
  test.each([
    ["valueEmbeddings", { valueEmbeddings: true }],
    ["residualScalars", { residualScalars: true }],
  ] as const)("%s that add nothing leave the model as it was", async (_, change) => {
    const plain = Gpt.create(small, { seed: 3 });
    const changed = Gpt.create({ ...small, ...change }, { seed: 3 });
    const own = new Map(changed.parameters().map((weight) => [weight.name, weight]));
    for (const weight of plain.parameters()) write(own.get(weight.name)!, await weight.data());
    for (const [name, weight] of own) {
      if (/value_|x0_lambda/.test(name)) write(weight, new Float32Array(weight.size));
      if (/resid_lambda/.test(name)) write(weight, [1]);
    }
    const x = tensor([1, 5, 2, 7, 0, 3], [2, 3], "int32");
    expect(await changed.forward(x).data()).toEqual(await plain.forward(x).data());
  });

  test("a stream narrower than the gate's 12 channels", async () => {
    const model = Gpt.create({ ...small, valueEmbeddings: [false, true] }, { seed: 3 });
    const gates = model.parameters({ only: "*value_gate*" });
    expect(gates.map(({ name, shape }) => [name, shape])).toEqual([["h.1.attn.value_gate.weight", [8, 2]]]);
    const [loss] = await model.loss(tensor([1, 2], [1, 2], "int32"), tensor([2, 3], [1, 2], "int32")).data();
    expect(loss).toBeCloseTo(Math.log(11), 0);
  });

  test.each([
    [{ valueEmbeddings: [true] }, "valueEmbeddings has 1 entries"],
    [{ valueEmbeddings: [true, 1 as never] }, "valueEmbeddings has 1; each must be true or false"],
    [{ residualScalars: "yes" as never }, "residualScalars"],
    [{ init: "normal" as never }, "init"],
  ])("%o is refused", (wrong, message) => {
    expect(() => completeConfig({ ...small, ...wrong })).toThrow(ConfigError);
    expect(() => completeConfig({ ...small, ...wrong })).toThrow(message);
  });
});

describe("modern(depth)", () => {
  test.each([
    [4, 256, 2],
    [5, 384, 3],
    [12, 768, 6],
    [20, 1280, 10],
  ])("depth %i is %i wide with %i heads", (depth, nEmbd, nHead) => {
    const config = completeConfig(modern(depth));
    expect(config).toMatchObject({ nLayer: depth, nEmbd, nHead, nKvHead: nHead, headDim: 128, softcap: 15 });
    expect(config.valueEmbeddings.at(-1)).toBe(true);
    expect(config.valueEmbeddings.filter(Boolean).length).toBe(Math.ceil(depth / 2));
    expect(config.windows.slice(0, 4)).toEqual([513, 513, 513, 0]);
    expect(config.windows.at(-1)).toBe(0);
  });

  test("a context that a short window covers has none", () => {
    expect(completeConfig(modern(4, { blockSize: 128 })).windows).toEqual([0, 0, 0, 0]);
  });

  test("new weights follow nanochat's law", async () => {
    await useEngine("reference");
    const model = Gpt.create(modern(2, { vocabSize: 500, blockSize: 8 }), { seed: 1 });
    const of = async (name: string) => {
      const data = Float32Array.from(await model.parameters({ only: name })[0]!.data());
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      return {
        deviation: Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length),
        low: Math.min(...data.subarray(0, 10_000)),
        high: Math.max(...data.subarray(0, 10_000)),
      };
    };
    const s = Math.sqrt(3 / 128);
    expect((await of("wte.weight")).deviation).toBeCloseTo(0.8, 1);
    expect((await of("lm_head.weight")).deviation).toBeCloseTo(0.001, 4);
    const matrix = await of("h.0.attn.c_attn.weight");
    expect(matrix.deviation).toBeCloseTo(1 / Math.sqrt(128), 3);
    expect(matrix.high).toBeLessThanOrEqual(s);
    expect(matrix.low).toBeLessThan(-0.99 * s);
    expect((await of("h.0.mlp.c_fc.weight")).deviation).toBeCloseTo(0.4 / Math.sqrt(128), 3);
    for (const name of ["h.0.attn.c_proj.weight", "h.1.mlp.c_proj.weight"]) {
      expect(await of(name)).toEqual({ deviation: 0, low: 0, high: 0 });
    }
    const gate = await of("h.1.attn.value_gate.weight");
    expect(gate.low).toBeGreaterThanOrEqual(0);
    expect(gate.high).toBeLessThanOrEqual(0.02);
    const scalars = await Promise.all(model.parameters({ only: "*lambda" }).map((each) => each.data()));
    expect(scalars.map(([value]) => Math.round(value! * 100) / 100)).toEqual([1.15, 0.2, 1.05, 0.05]);
    const x = tensor([1, 2, 3], [1, 3], "int32");
    const [loss] = await model.loss(x, x).data();
    expect(loss).toBeCloseTo(Math.log(500), 1);
  });

  test("what is no depth is refused", () => {
    expect(() => modern(0)).toThrow(OptionsError);
    expect(() => modern(4, { vocab: 5 } as never)).toThrow("vocab");
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  engine,
  readSafetensors,
  referenceEngine,
  scope,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  write,
} from "@llm/tensor";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { completeConfig } from "../src/complete-config.js";
import { groupedBytes, storedType } from "../src/frozen.js";
import {
  type CompleteGptConfig,
  Gpt,
  type GptConfig,
  OptionsError,
  presets,
  type WeightDType,
  WeightsError,
} from "../src/index.js";
import { estimateMemory } from "../src/inspect/index.js";
import { layout, sizeOf } from "../src/layout.js";
import { lora } from "../src/lora/index.js";

const tiny: GptConfig = { vocabSize: 30, blockSize: 24, nLayer: 2, nHead: 4, nEmbd: 32 };
const configs: Record<string, GptConfig> = {
  gpt2: tiny,
  "untied, erf": { ...tiny, tied: false, activation: "gelu-erf", bias: { head: true } },
  llama: {
    ...tiny,
    nKvHead: 2,
    headDim: 12,
    norm: "rms",
    position: "rope",
    mlp: { kind: "gated", width: 43 },
    activation: "silu",
    bias: false,
  },
  modern: {
    ...tiny,
    norm: "rms",
    position: "rope",
    activation: "relu2",
    bias: false,
    qkNorm: "after-rope",
    valueEmbeddings: true,
    residualScalars: true,
  },
};
const ids = Array.from({ length: 20 }, (_, i) => (i * i + 3) % 30);
const input = () => tensor(ids, [2, 10], "int32");

/** A model's files, with weights large enough that every part of it matters. */
async function filesOf(config: GptConfig): Promise<Record<string, Uint8Array>> {
  await useEngine("reference");
  return (await Gpt.create(config, { seed: 3 }).toFiles()) as Record<string, Uint8Array>;
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** Gradients as far apart as rounding to 8 bits what is multiplied may bring them. */
function expectAlike(found: ArrayLike<number>[], expected: ArrayLike<number>[]): void {
  const scale = Math.max(...expected.map((each) => largest(each, new Float32Array(each.length))));
  for (const [i, each] of found.entries()) expect(largest(each, expected[i]!)).toBeLessThan(0.01 * scale);
}

describe.each(["reference", "wasm", "auto"] as const)("engine %s", (name) => {
  test.each(Object.keys(configs))("logits are those of the numbers that are stored, %s", async (key) => {
    const files = await filesOf(configs[key]!);
    await useEngine(name);
    const full = await (await Gpt.fromFiles(files)).forward(input()).data();
    const scale = largest(full, new Float32Array(full.length));
    for (const dtype of ["bfloat16", "int8", "int4"] as const) {
      const model = await Gpt.fromFiles(files, { dtype });
      expect(model.dtype).toBe(dtype);
      const logits = await model.forward(input()).data();
      const dequantised = await Gpt.fromFiles((await model.toFiles()) as never);
      expect(dequantised.dtype).toBe("float32");
      // What is multiplied by groups is rounded to 8 bits.
      const rounding = dtype === "bfloat16" ? 1e-5 : 0.02 * scale;
      expect(largest(logits, await dequantised.forward(input()).data())).toBeLessThan(rounding);
      expect(largest(logits, full)).toBeGreaterThan(1e-4); // it is not float32
      const session = model.session(2);
      const last = await session.step(
        [0, 1].map((row) => ({ row, ids: ids.slice(10 * row, 10 * row + 10) })),
      );
      for (const row of [0, 1]) {
        const at = (10 * row + 9) * 30;
        expect(largest(last[row]!, logits.subarray(at, at + 30))).toBeLessThan(1e-5);
      }
      session.dispose();
    }
  });
});

/** Bytes that the weights of a model take. */
function bytesOf(config: CompleteGptConfig, dtype: WeightDType): number {
  return layout(config).reduce((total, { name, shape }) => {
    const size = sizeOf(shape);
    const stored = storedType(name, dtype);
    if (stored === "int8" || stored === "int4") return total + groupedBytes(name, shape, stored);
    return total + (stored === "float32" ? 4 : 2) * size;
  }, 0);
}

describe("frozen weights", () => {
  let files: Record<string, Uint8Array>;
  beforeAll(async () => {
    files = await filesOf(tiny);
  });
  beforeEach(() => useEngine("reference"));

  test("memory: what each type takes, and nothing more while loading", async () => {
    for (const make of [referenceEngine, wasmEngine]) {
      for (const dtype of ["float32", "bfloat16", "int8", "int4"] as const) {
        const { memory } = await useEngine(await make());
        const model = await Gpt.fromFiles(files, { dtype });
        const bytes = bytesOf(model.config, dtype);
        expect(memory.bytes).toBe(bytes);
        expect(memory.peakBytes).toBe(bytes);
        model.dispose();
        expect(memory.bytes).toBe(0);
      }
    }
  });

  test("the figures of the README", () => {
    const bytes = (dtype: WeightDType) => bytesOf(completeConfig(presets.gpt2), dtype);
    expect(bytes("float32")).toBe(497_759_232);
    expect(bytes("bfloat16")).toBe(250_695_168);
    expect(bytes("int8")).toBe(134_896_128);
    expect(bytes("int4")).toBe(92_428_800);
    // A Llama of half a billion weights decodes 1,024 positions in int8 within 700 MB, with the process (70 MB) beside it.
    const half: GptConfig = {
      ...{ vocabSize: 151_936, blockSize: 1024, nLayer: 24, nHead: 14, nKvHead: 2, nEmbd: 896 },
      ...{
        norm: "rms",
        position: "rope",
        mlp: { kind: "gated", width: 4864 },
        activation: "silu",
        bias: false,
      },
    };
    const options = { batch: 1, T: 1024, prompt: 64, training: false, dtype: "int8" } as const;
    expect(estimateMemory(half, options).total).toBeLessThan(600e6);
  });

  test("are saved as what they are: bfloat16 in BF16, int8 as the numbers it stands for", async () => {
    const rounded = await Gpt.fromFiles(files, { dtype: "bfloat16" });
    const stored = await rounded.toFiles();
    const header = new TextDecoder().decode(stored["model.safetensors"].subarray(8, 2000));
    expect(header).toContain('"h.0.attn.c_attn.weight":{"dtype":"BF16"');
    expect(header).toContain('"h.0.ln_1.weight":{"dtype":"F32"');
    const again = await Gpt.fromFiles(stored as never, { dtype: "bfloat16" });
    const logits = await rounded.forward(input()).data();
    expect(await again.forward(input()).data()).toEqual(logits);

    const quantised = await Gpt.fromFiles(files, { dtype: "int8" });
    const numbers = await quantised.toFiles();
    const values = readSafetensors(numbers["model.safetensors"]).tensors;
    const original = readSafetensors(files["model.safetensors"]!).tensors;
    const name = "h.1.mlp.c_proj.weight";
    const [a, b] = [values.get(name)!.data, original.get(name)!.data];
    expect(new Set(a.map((value) => Math.fround(value))).size).toBeGreaterThan(300);
    for (let n = 0; n < 32; n++) {
      const column = Array.from({ length: 128 }, (_, k) => b[k * 32 + n]!);
      for (let from = 0; from < 128; from += 32) {
        const group = column.slice(from, from + 32);
        const step = Math.max(...group.map(Math.abs)) / 127;
        const error = Math.max(...group.map((value, k) => Math.abs(value - a[(from + k) * 32 + n]!)));
        // The scale is a half.
        expect(error).toBeLessThanOrEqual((0.5001 + 127 / 4096) * step);
        expect(error).toBeGreaterThan(0.3 * step);
      }
    }
    const back = await Gpt.fromFiles(numbers as never, { dtype: "int8" });
    expect(largest(await back.forward(input()).data(), await quantised.forward(input()).data())).toBeLessThan(
      1e-6,
    );
  });

  test("are not trained; what is left out or float32 is", async () => {
    const model = await Gpt.fromFiles(files, { dtype: "int8" });
    expect(() => model.parameters()).toThrow(WeightsError);
    expect(() => model.parameters()).toThrow("wte.weight is in int8, and cannot be trained");
    expect(() => model.parameters({ only: "*.c_fc.*" })).toThrow("h.0.mlp.c_fc.weight is in int8");
    const few = model.parameters({ only: ["*.bias", "*.ln_*"] });
    const { grads } = scope(() => valueAndGrad(() => model.loss(input(), input()), few));
    const full = await Gpt.fromFiles((await model.toFiles()) as never);
    const same = full.parameters({ only: ["*.bias", "*.ln_*"] });
    const expected = scope(() => valueAndGrad(() => full.loss(input(), input()), same)).grads;
    const found = await Promise.all(grads.map((each) => each.data()));
    expectAlike(found, await Promise.all(expected.map((each) => each.data())));
  });

  test("carry adapters, which are trained on them", async () => {
    const model = await Gpt.fromFiles(files, { dtype: "int8" });
    const gradients = async (base: Gpt) => {
      const adapted = lora(base, { rank: 2, alpha: 4, seed: 1, targets: "all-linear" });
      const parameters = adapted.parameters();
      for (const each of parameters) if (each.name.includes("lora_B")) write(each, values(each.size));
      const { grads } = scope(() => valueAndGrad(() => adapted.loss(input(), input()), parameters));
      return { adapted, found: await Promise.all(grads.map((each) => each.data())) };
    };
    const values = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(i) / 10);
    const { adapted, found } = await gradients(model);
    const { found: expected } = await gradients(await Gpt.fromFiles((await model.toFiles()) as never));
    expectAlike(found, expected);
    expect(() => adapted.merge()).toThrow("load the base in float32 to merge");
  });

  test("clones share them; what would change them is refused", async () => {
    const model = await Gpt.fromFiles(files, { dtype: "int8" });
    const logits = await model.forward(input()).data();
    const before = engine().memory.bytes;
    const copy = model.clone();
    const floats = layout(model.config).filter(({ name }) => storedType(name, "int8") === "float32");
    const bytes = floats.reduce((total, { shape }) => total + 4 * sizeOf(shape), 0);
    expect(engine().memory.bytes - before).toBe(bytes);
    model.dispose();
    expect(await copy.forward(input()).data()).toEqual(logits);
    const full = await Gpt.fromFiles(files);
    expect(() => full.copyFrom(copy)).toThrow("wte.weight is in int8, and cannot be copied");
    expect(() => copy.copyFrom(full)).toThrow(WeightsError);
    await expect(copy.resizeVocab(40, { seed: 1 })).rejects.toThrow("load the model in float32");
    expect(() => copy.head).toThrow("wte.weight is in int8, and cannot be had as a tensor");
    expect((await Gpt.fromFiles(files, { dtype: "bfloat16" })).head.weight.dtype).toBe("bfloat16");
  });

  test("mistakes", async () => {
    await expect(Gpt.fromFiles(files, { dtype: "int5" as never })).rejects.toThrow(OptionsError);
    await expect(Gpt.load("x", { dtyp: "int8" } as never)).rejects.toThrow('did you mean "dtype"?');
    const model = Gpt.create(tiny, { seed: 1 });
    const [weight] = model.parameters({ only: "h.1.mlp.c_fc.weight" });
    write(weight!, [Number.NaN], 5);
    const broken = (await model.toFiles()) as never;
    await expect(Gpt.fromFiles(broken, { dtype: "int8" })).rejects.toThrow(
      "h.1.mlp.c_fc.weight has the value NaN, which int8 cannot hold",
    );
    expect((await Gpt.fromFiles(broken, { dtype: "bfloat16" })).dtype).toBe("bfloat16");
  });
});

const folder = join(
  process.env["LLM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data"),
  "trained-model",
);
const text = JSON.parse(
  readFileSync(fileURLToPath(new URL("./golden/trained-model-text.json", import.meta.url)), "utf8"),
) as number[];

describe.skipIf(!existsSync(folder)).each(["wasm", "auto"] as const)("trained weights, %s", (name) => {
  test("perplexity rises by at most .05% in bfloat16, .1% in int8 and 1% in int4", async () => {
    await useEngine(name);
    const T = 128;
    const count = (text.length - 1) / T;
    expect(count * T).toBeGreaterThanOrEqual(2500);
    const rows = (from: number) => {
      const each = Array.from({ length: count }, (_, w) => text.slice(w * T + from, (w + 1) * T + from));
      return tensor(each.flat(), [count, T], "int32");
    };
    const nll = async (dtype: WeightDType) => {
      const model = await Gpt.load(folder, { dtype });
      return scope(async () => (await model.loss(rows(0), rows(1)).data())[0]!);
    };
    const base = await nll("float32");
    const rise = async (dtype: WeightDType) => 100 * Math.expm1((await nll(dtype)) - base);
    const [bfloat16, int8] = [await rise("bfloat16"), await rise("int8")];
    expect(Math.abs(bfloat16)).toBeGreaterThan(0);
    expect(bfloat16).toBeLessThan(0.05);
    expect(Math.abs(int8)).toBeGreaterThan(0.001);
    expect(int8).toBeLessThan(0.1);
    const int4 = await rise("int4");
    expect(Math.abs(int4)).toBeGreaterThan(0.001);
    expect(int4).toBeLessThan(1);
  });
});

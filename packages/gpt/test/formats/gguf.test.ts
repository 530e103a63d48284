import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tensor, useEngine, write } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBytes } from "../../src/files.web.js";
import { readHeader } from "../../src/formats/gguf/header.js";
import { TENSOR_TYPES, WRITTEN } from "../../src/formats/gguf/quantization.js";
import { type GGUFWeights, readGGUF, type WriteGGUFOptions, writeGGUF } from "../../src/formats/index.js";
import { ConfigError, Gpt, type GptConfig, WeightsError } from "../../src/index.js";

const golden = (name: string) => fileURLToPath(new URL(`../golden/llama-cpp/${name}`, import.meta.url));

const small: GptConfig = { vocabSize: 20, blockSize: 16, nLayer: 2, nHead: 4, nEmbd: 32 };
const llama: GptConfig = {
  ...small,
  nKvHead: 2,
  headDim: 16,
  norm: "rms",
  position: "rope",
  activation: "silu",
  mlp: { kind: "gated", width: 40 },
  bias: false,
};

let folder: string;
beforeAll(async () => {
  await useEngine("reference");
  folder = await mkdtemp(join(tmpdir(), "llm-gguf-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function values(model: Gpt): Promise<Record<string, ArrayLike<number>>> {
  return Object.fromEntries(
    await Promise.all(model.parameters().map(async (weight) => [weight.name, await weight.data()] as const)),
  );
}

/** A new model whose weights are all at random, norms and biases too. */
function random(config: GptConfig): Gpt {
  const model = Gpt.create(config, { seed: 1 });
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  for (const weight of model.parameters()) write(weight, new Float32Array(weight.size).map(next));
  return model;
}

async function bytesOf(model: Gpt, options?: WriteGGUFOptions): Promise<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [bytes] = await Promise.all([
    new Response(readable).arrayBuffer(),
    writeGGUF(model, writable, options),
  ]);
  return new Uint8Array(bytes);
}

const logits = async (model: Gpt) => model.forward(tensor([3, 1, 4, 1, 5], [1, 5], "int32")).data();

describe("blocks, against the quantizers of llama.cpp's `gguf`", () => {
  interface Blocks {
    values: string;
    encoded: Record<string, string>;
    decoded: Record<string, { bytes: string; values: string }>;
  }
  const blocks: Blocks = JSON.parse(readFileSync(golden("blocks.json"), "utf8"));
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
  const floats = (text: string) => new Float32Array(bytes(text).buffer);

  test.each(["f16", "q8_0", "q4_0"] as const)("%s is written with the same bytes", (name) => {
    const input = floats(blocks.values);
    const expected = bytes(blocks.encoded[name]!);
    const written = new Uint8Array(expected.length);
    WRITTEN[name].encode!(input, written);
    expect(written).toEqual(expected);
  });

  test.each(Object.entries(blocks.decoded))("%s is read as the same values", (name, decoded) => {
    const type = [...TENSOR_TYPES.values()].find((each) => each.name.toLowerCase() === name.toLowerCase())!;
    const expected = floats(decoded.values);
    const read = new Float32Array(expected.length);
    type.decode(bytes(decoded.bytes), read);
    expect(Array.from(read, (x) => x + 0)).toEqual(Array.from(expected, (x) => x + 0)); // -0 is 0
  });

  test("values that are too small to divide by become 0", () => {
    const out = new Float32Array(32);
    for (const name of ["q8_0", "q4_0"] as const) {
      const written = new Uint8Array(WRITTEN[name].bytes);
      WRITTEN[name].encode!(new Float32Array(32).fill(1e-42), written);
      WRITTEN[name].decode(written, out);
      expect(out.every((value) => value === 0)).toBe(true);
    }
  });
});

describe("files of llama.cpp's `gguf`", () => {
  test.each(["gpt2", "llama"])("%s is the model of the Hugging Face folder", async (name) => {
    const { model } = await readGGUF(golden(`${name}/model.gguf`));
    const expected = await Gpt.load(golden(name));
    expect(model.config).toEqual(expected.config);
    expect(await values(model)).toEqual(await values(expected));
  });

  test("metadata and tokenizer are plain data", async () => {
    const { metadata, tokenizer } = await readGGUF(golden("llama/model.gguf"));
    expect(metadata.get("general.name")).toBe("a small llama");
    expect(metadata.get("llama.attention.layer_norm_rms_epsilon")).toBe(1e-6);
    expect(tokenizer).toMatchObject({ model: "gpt2", pre: "smollm", bosId: 0, eosId: 1, addBos: true });
    expect(tokenizer!.tokens.slice(0, 4)).toEqual(["<|begin|>", "<|end|>", "Ġ", "a"]);
    expect((await readGGUF(golden("gpt2/model.gguf"))).tokenizer).toBeNull();
  });

  test("bytes and blobs are files too", async () => {
    const bytes = new Uint8Array(await readFile(golden("llama/model.gguf")));
    const expected = await values((await readGGUF(golden("llama/model.gguf"))).model);
    for (const file of [bytes, new Blob([bytes])]) {
      expect(await values((await readGGUF(file)).model)).toEqual(expected);
    }
  });
});

describe("a file behind a URL, as a browser opens it", () => {
  test.each([
    ["by ranges", true],
    ["as a whole, where the server has no ranges", false],
  ])("%s", async (_, hasRanges) => {
    const whole = await readFile(golden("llama/model.gguf"));
    const sent: number[] = [];
    const server = createServer((request, response) => {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
      const part = hasRanges && from !== undefined ? whole.subarray(Number(from), Number(to) + 1) : whole;
      const range = `bytes ${from}-${to}/${whole.length}`;
      sent.push(part.length);
      response.writeHead(part === whole ? 200 : 206, part === whole ? {} : { "content-range": range });
      response.end(part);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const source = await openBytes(`http://127.0.0.1:${port}/model.gguf`);
      expect(source.size).toBe(whole.length);
      expect(Buffer.from(await source.read(100, 50))).toEqual(whole.subarray(100, 150));
      const { tensors } = await readHeader(source);
      expect(tensors.get("output.weight")!.shape).toEqual([40, 32]);
      expect(sent).toEqual(hasRanges ? [1, 50, whole.length] : [whole.length, whole.length]);
    } finally {
      server.close();
    }
  });
});

describe("what is written is read", () => {
  const scalings: Record<string, NonNullable<Exclude<GptConfig["rope"], readonly unknown[]>>> = {
    plain: { base: 12_345 },
    linear: { scaling: { type: "linear", factor: 4 } },
    yarn: { scaling: { type: "yarn", factor: 4, originalBlockSize: 8 } },
    llama3: {
      scaling: { type: "llama3", factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalBlockSize: 1024 },
    },
  };
  const models: [string, GptConfig][] = [
    ["gpt2", { ...small, endOfText: 19 }],
    ["gpt2, untied, another width", { ...small, tied: false, mlp: { width: 50 } }],
    ["llama", llama],
    ["llama, untied", { ...llama, tied: false, nKvHead: 4 }],
    ["llama, biases", { ...llama, bias: { qkv: true, attention: true, mlp: true } }],
    ...Object.entries(scalings).map(([name, rope]): [string, GptConfig] => [
      `llama, ${name}`,
      { ...llama, rope },
    ]),
  ];

  test.each(models)("f32: the very same %s", async (_, config) => {
    const model = random(config);
    const path = join(folder, "model.gguf");
    await writeGGUF(model, path, { type: "f32" });
    const { model: read } = await readGGUF(path);
    expect(read.config).toEqual(model.config);
    expect(await values(read)).toEqual(await values(model));
    expect(await readdir(folder)).toEqual(["model.gguf"]);
  });

  test("a model that rotates neighbours comes back as the same that rotates halves", async () => {
    const model = random({ ...llama, rope: { interleaved: true } });
    const { model: read } = await readGGUF(await bytesOf(model, { type: "f32" }));
    expect(read.config.rope[0]!.interleaved).toBe(false);
    const [a, b] = [await logits(model), await logits(read)];
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-4);
    expect(Math.max(...a)).toBeGreaterThan(1);
  });

  test("a GPT-2 without biases comes back with zeros, and the same logits", async () => {
    const model = random({ ...small, bias: false });
    const { model: read } = await readGGUF(await bytesOf(model, { type: "f32" }));
    expect(await logits(read)).toEqual(await logits(model));
  });

  test("factors that no formula gives come back one by one", async () => {
    const factors = [1, 1.25, 1.5, 2, 2.5, 3, 4, 7];
    const scaling = {
      type: "longrope",
      shortFactor: factors,
      longFactor: factors,
      originalBlockSize: 16,
      attentionFactor: 1,
    } as const;
    const model = random({ ...llama, rope: { scaling } });
    const { model: read } = await readGGUF(await bytesOf(model, { type: "f32" }));
    expect(read.config.rope[0]!.scaling).toEqual(scaling);
  });

  const halves: [GGUFWeights, number][] = [
    ["f16", 0.001],
    ["q8_0", 0.006],
    ["q4_0", 0.13],
  ];
  test.each(halves)("%s: near the model, rows that do not fill a block as f16", async (type, most) => {
    const model = random(llama); // mlp.c_proj has rows of 40
    const { model: read, metadata } = await readGGUF(await bytesOf(model, { type }));
    const [before, after] = [await values(model), await values(read)];
    const off = (name: string) =>
      Math.max(...Array.from(before[name]!, (value, i) => Math.abs(value - after[name]![i]!)));
    expect(off("h.0.attn.c_attn.weight")).toBeLessThan(most);
    expect(off("h.0.attn.c_attn.weight")).toBeGreaterThan(0);
    expect(off("h.0.mlp.c_proj.weight")).toBeLessThan(0.0005);
    expect(off("h.0.ln_1.weight")).toBe(0);
    expect(off("wte.weight")).toBeLessThan(type === "q4_0" ? 0.006 : most);
    expect(metadata.get("general.file_type")).toBe({ f32: 0, f16: 1, q4_0: 2, q8_0: 7 }[type]);
  });

  test("matrices are f16 where nothing is said, and a name is kept", async () => {
    const bytes = await bytesOf(random(small), { name: "Ünnamed" });
    const { metadata } = await readGGUF(bytes);
    expect(metadata.get("general.file_type")).toBe(1);
    expect(metadata.get("general.name")).toBe("Ünnamed");
  });

  test("a float64 engine's weights are written as float32", async () => {
    const model = random(llama);
    const expected = await bytesOf(model, { type: "f32" });
    await useEngine("reference", { precision: "float64" });
    const double = random(llama);
    expect(await bytesOf(double, { type: "f32" })).toEqual(expected);
    await useEngine("reference");
  });
});

describe("what cannot be written", () => {
  const refused: [string, GptConfig, string][] = [
    ["exact GELU", { ...small, activation: "gelu-erf" }, 'gpt2 cannot say activation "gelu-erf"'],
    ["windows", { ...llama, windows: 4 }, "llama cannot say windows 4"],
    ["norms of queries", { ...llama, qkNorm: "before-rope" }, 'llama cannot say qkNorm "before-rope"'],
    ["a part of the head", { ...llama, rope: { rotaryDim: 8 } }, "llama cannot say rope"],
    ["a soft cap", { ...llama, softcap: 30 }, "llama cannot say softcap 30"],
    ["no rotation in a layer", { ...llama, position: ["rope", "none"] }, "llama cannot say position"],
    ["a scale", { ...llama, attentionScale: 1 }, "llama cannot say attentionScale 1"],
    [
      "yarn's own borders",
      { ...llama, rope: { scaling: { type: "yarn", factor: 4, originalBlockSize: 8, betaFast: 4 } } },
      "llama cannot say rope",
    ],
  ];
  test.each(refused)("%s", async (_, config, message) => {
    const path = join(folder, "refused.gguf");
    const writing = writeGGUF(Gpt.create(config, { seed: 1 }), path);
    await expect(writing).rejects.toThrow(ConfigError);
    await expect(writing).rejects.toThrow(message);
    expect(await readdir(folder)).not.toContain("refused.gguf");
  });

  test.each([1e6, Number.NaN])("%f in f16, and the file that was there stays", async (value) => {
    const path = join(folder, "kept.gguf");
    await writeFile(path, "before");
    const model = random(small);
    const [table] = model.parameters({ only: "wte.weight" });
    write(table!, new Float32Array(table!.size).fill(value));
    const writing = writeGGUF(model, path, { type: "f16" });
    await expect(writing).rejects.toThrow(WeightsError);
    await expect(writing).rejects.toThrow(`token_embd.weight has the value ${value}`);
    expect(await readFile(path, "utf8")).toBe("before");
    expect((await readdir(folder)).filter((name) => name.includes("tmp"))).toEqual([]);
    await writeGGUF(model, path, { type: "f32" });
    expect((await values((await readGGUF(path)).model))["wte.weight"]![0]).toBe(value);
  });

  test("a stream that fails ends the writing, and one that is not wanted any more is aborted", async () => {
    const full = new WritableStream<Uint8Array>({
      write() {
        throw new Error("full");
      },
    });
    await expect(writeGGUF(random(small), full)).rejects.toThrow("full");
    let reason: unknown;
    const stream = new WritableStream<Uint8Array>({
      abort(why) {
        reason = why;
      },
    });
    const wrong = random({ ...small, softcap: 3 });
    await expect(writeGGUF(wrong, stream)).rejects.toThrow("softcap");
    expect(reason).toBeInstanceOf(ConfigError);
  });

  test("an aborted signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(writeGGUF(random(small), join(folder, "no.gguf"), { signal })).rejects.toThrow("enough");
    await expect(readGGUF(golden("gpt2/model.gguf"), { signal })).rejects.toThrow("enough");
  });
});

// Folders as they are found in the world: written by older and newer transformers, in shards, with copies and masks.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, tensor, useEngine, writeSafetensors } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError, Gpt, type GptConfig, WeightsError } from "../src/index.js";

const config: GptConfig = { vocabSize: 17, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 };
const logits = async (model: Gpt) => model.forward(tensor([3, 1, 4, 1, 5], [1, 5], "int32")).data();
type Tensors = Map<string, { dtype?: "F64" | "F32"; shape: number[]; data: Float32Array | Float64Array }>;

let folder: string;
beforeAll(async () => {
  await useEngine("reference");
  folder = await mkdtemp(join(tmpdir(), "llm-gpt-loading-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function filesOf(model: Gpt) {
  const files = await model.toFiles();
  const tensors = readSafetensors(files["model.safetensors"]).tensors as unknown as Tensors;
  const json = JSON.parse(new TextDecoder().decode(files["config.json"])) as Record<string, unknown>;
  return { tensors, json };
}

const load = (json: unknown, weights: Uint8Array) =>
  Gpt.fromFiles({
    "config.json": new TextEncoder().encode(JSON.stringify(json)),
    "model.safetensors": weights,
  });

/** A safetensors file with tensors of types that hold no weights, as bytes. */
function withRaw(tensors: Tensors, raw: Record<string, { dtype: string; shape: number[]; bytes: number }>) {
  const file = writeSafetensors(tensors);
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  let end = file.length - 8 - length;
  for (const [name, { dtype, shape, bytes }] of Object.entries(raw)) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes] };
    end += bytes;
  }
  const head = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + head.length + end);
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  out.set(file.subarray(8 + length), 8 + head.length);
  return out;
}

describe("GPT-2 files of older transformers", () => {
  test.each([
    ["BOOL", 64],
    ["U8", 64],
    ["I64", 512],
    ["F16", 128],
  ])("masks of %s are passed over", async (dtype, bytes) => {
    const model = Gpt.create(config, { seed: 9 });
    const { tensors, json } = await filesOf(model);
    const raw = {
      "h.0.attn.bias": { dtype, shape: [1, 1, 8, 8], bytes },
      "h.1.attn.masked_bias": { dtype, shape: [], bytes: bytes / 64 },
    };
    expect(await logits(await load(json, withRaw(tensors, raw)))).toEqual(await logits(model));
  });

  test("weights of float64 are read, and kept where the engine can", async () => {
    const model = Gpt.create(config, { seed: 9 });
    const { tensors, json } = await filesOf(model);
    for (const each of tensors.values()) {
      each.dtype = "F64";
      each.data = Float64Array.from(each.data, (value) => value + 1e-12);
    }
    expect(await logits(await load(json, writeSafetensors(tensors)))).toEqual(await logits(model));
    await useEngine("reference", { precision: "float64" });
    const [first] = (await load(json, writeSafetensors(tensors))).parameters();
    const kept = tensors.get("wte.weight")!.data;
    expect(await first!.data()).toEqual(kept);
    await useEngine("reference");
  });

  test("what config.json leaves out is what transformers assumes", async () => {
    const model = Gpt.create({ ...config, blockSize: 1024, nLayer: 12, nHead: 12, nEmbd: 24 }, { seed: 9 });
    const { tensors, json } = await filesOf(model);
    const {
      n_positions: _,
      n_ctx: __,
      n_layer: ___,
      n_head: ____,
      activation_function: _____,
      ...rest
    } = json;
    expect((await load(rest, writeSafetensors(tensors))).config).toMatchObject({
      blockSize: 1024,
      nLayer: 12,
      activation: "gelu",
    });
    const { n_positions, ...context } = json;
    expect((await load({ ...context, n_ctx: n_positions }, writeSafetensors(tensors))).config.blockSize).toBe(
      1024,
    );
  });

  test.each([
    ["gelu_new", "gelu"],
    ["gelu_fast", "gelu"],
    ["gelu_pytorch_tanh", "gelu"],
    ["gelu_python", "gelu-erf"],
    ["gelu", "gelu-erf"],
  ])("%s is %s", async (name, activation) => {
    const { tensors, json } = await filesOf(Gpt.create(config, { seed: 9 }));
    const changed = { ...json, activation_function: name };
    expect((await load(changed, writeSafetensors(tensors))).config.activation).toBe(activation);
  });

  test.each([[50_256], [-1], [null], [[99, 98]]])(
    "an end token %o that the vocabulary lacks is left out",
    async (id) => {
      const { tensors, json } = await filesOf(Gpt.create(config, { seed: 9 }));
      expect(
        (await load({ ...json, eos_token_id: id }, writeSafetensors(tensors))).config.endOfText,
      ).toBeUndefined();
    },
  );
});

describe("the head and the table", () => {
  test("one that only has the head's name", async () => {
    const model = Gpt.create(config, { seed: 9 });
    const { tensors, json } = await filesOf(model);
    tensors.set("lm_head.weight", tensors.get("wte.weight")!);
    tensors.delete("wte.weight");
    expect(await logits(await load(json, writeSafetensors(tensors)))).toEqual(await logits(model));
  });

  test.each([["before"], ["after"]])("a head %s the table that differs from it is refused", async (order) => {
    const { tensors, json } = await filesOf(Gpt.create(config, { seed: 9 }));
    const table = tensors.get("wte.weight")!;
    const data = table.data.slice();
    data[7]! += 1e-6;
    const head = { ...table, data };
    const all =
      order === "before"
        ? [["lm_head.weight", head] as const, ...tensors]
        : [...tensors, ["lm_head.weight", head] as const];
    const bytes = writeSafetensors(new Map(all));
    await expect(load(json, bytes)).rejects.toThrow(WeightsError);
    await expect(load(json, bytes)).rejects.toThrow("tie_word_embeddings");
    const untied = await load({ ...json, tie_word_embeddings: false }, bytes);
    expect(untied.config.tied).toBe(false);
  });
});

describe("shards", () => {
  const write = async (
    name: string,
    change: (files: { shards: Tensors[]; map: Record<string, string> }) => void,
  ) => {
    const model = Gpt.create(
      { ...config, norm: "rms", position: "rope", mlp: { kind: "gated" }, bias: false, activation: "silu" },
      { seed: 9 },
    );
    const { tensors, json } = await filesOf(model);
    expect(json["model_type"]).toBe("llama");
    const path = join(folder, name);
    await model.save(path);
    await rm(join(path, "model.safetensors"));
    const all = [...tensors];
    // Parts of one weight, q and k, are in different files.
    const shards: Tensors[] = [new Map(), new Map(), new Map()];
    const map: Record<string, string> = {};
    const fileOf = (i: number) => `model-0000${i + 1}-of-00003.safetensors`;
    for (const [i, [tensor, value]] of all.entries()) {
      shards[i % 3]!.set(tensor, value);
      map[tensor] = fileOf(i % 3);
    }
    change({ shards, map });
    for (const [i, shard] of shards.entries())
      await writeFile(join(path, fileOf(i)), writeSafetensors(shard));
    await writeFile(
      join(path, "model.safetensors.index.json"),
      JSON.stringify({ metadata: {}, weight_map: map }),
    );
    return { path, model };
  };

  test("are read one after the other", async () => {
    const { path, model } = await write("shards", () => {});
    expect(await logits(await Gpt.load(path))).toEqual(await logits(model));
  });

  test("a tensor that no shard has is named, and so is one of another shape", async () => {
    const missing = await write("missing", ({ map }) => delete map["model.norm.weight"]);
    await expect(Gpt.load(missing.path)).rejects.toThrow("model.norm.weight is missing");
    const misshaped = await write("misshaped", ({ shards }) => {
      for (const shard of shards) {
        const norm = shard.get("model.norm.weight");
        if (norm) norm.shape = [2, 4];
      }
    });
    await expect(Gpt.load(misshaped.path)).rejects.toThrow("model.norm.weight has shape [2,4]");
  });

  test("a tensor that the index promises and its shard lacks", async () => {
    const { path } = await write("broken", ({ shards }) => {
      for (const shard of shards) shard.delete("model.norm.weight");
    });
    await expect(Gpt.load(path)).rejects.toThrow("model.norm.weight");
  });

  test("a shard that is not there, and one outside the folder", async () => {
    const { path } = await write("absent", () => {});
    await rm(join(path, "model-00002-of-00003.safetensors"));
    await expect(Gpt.load(path)).rejects.toThrow("model-00002-of-00003.safetensors");
    const outside = await write("outside", ({ map }) => {
      map["model.norm.weight"] = "../model.safetensors";
    });
    await expect(Gpt.load(outside.path)).rejects.toThrow("must be beside it");
  });
});

test("a folder with pytorch_model.bin only says what to do", async () => {
  const path = join(folder, "bin");
  await Gpt.create(config, { seed: 9 }).save(path);
  await rm(join(path, "model.safetensors"));
  await expect(Gpt.load(path)).rejects.toThrow("shards of it");
  await writeFile(join(path, "pytorch_model.bin"), "pickle");
  await expect(Gpt.load(path)).rejects.toThrow("save_pretrained");
});

test("a save that fails leaves the old model, whole", async () => {
  const path = join(folder, "failed");
  const old = Gpt.create(config, { seed: 9 });
  await old.save(path);
  const next = Gpt.create({ ...config, dropout: 0.1 }, { seed: 10 });
  next.parameters()[3]!.dispose(); // its values cannot be read when their turn comes
  await expect(next.save(path)).rejects.toThrow();
  expect((await readdir(path)).sort()).toEqual(["config.json", "model.safetensors"]);
  const loaded = await Gpt.load(path);
  expect(loaded.config).toEqual(old.config);
  expect(await logits(loaded)).toEqual(await logits(old));
});

describe("settings that are not computed are refused by key and value", () => {
  test.each([
    [{ model_type: "bert" }, 'model_type is "bert"'],
    [{ model_type: "gemma3" }, 'model_type is "gemma3"'],
    [{ model_type: "llama", hidden_act: "relu" }, 'hidden_act is "relu"'],
    [{ model_type: "llama", pretraining_tp: 2 }, "pretraining_tp is 2"],
    [{ model_type: "llama", hidden_size: "big" }, 'hidden_size is "big"'],
    [{ model_type: "llama", quantization_config: { bits: 4 } }, "quantization_config"],
    [{ model_type: "llama", rope_scaling: { rope_type: "ntk" } }, 'rope_type is "ntk"'],
    [{ model_type: "llama", rope_scaling: { rope_type: "linear" } }, "factor is undefined"],
    [{ model_type: "qwen2", layer_types: ["linear_attention"] }, "layer_types"],
    [{ model_type: "gemma2", use_bidirectional_attention: true }, "use_bidirectional_attention is true"],
    [{ model_type: "gemma3_text", attn_logit_softcapping: 50 }, "attn_logit_softcapping is 50"],
  ])("%o", async (json, message) => {
    await expect(load(json, new Uint8Array())).rejects.toThrow(ConfigError);
    await expect(load(json, new Uint8Array())).rejects.toThrow(message);
  });
});

test("rope_theta and rope_scaling of transformers 4 are read as rope_parameters of 5", async () => {
  const llama3 = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 64 };
  const base = {
    model_type: "llama",
    vocab_size: 17,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 8,
  };
  const known = { ...base, rope_theta: 500, rope_scaling: { type: "llama3", ...llama3 } };
  await expect(load(known, new Uint8Array())).rejects.toThrow(WeightsError);
  const model = Gpt.create(
    {
      ...config,
      norm: "rms",
      position: "rope",
      rope: {
        base: 500,
        scaling: { type: "llama3", factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalBlockSize: 64 },
      },
      mlp: { kind: "gated" },
      bias: false,
      activation: "silu",
    },
    { seed: 9 },
  );
  const { tensors, json } = await filesOf(model);
  expect(json["rope_scaling"]).toEqual({ rope_type: "llama3", ...llama3 });
  const { rope_parameters: _, ...old } = json;
  const { rope_theta: __, rope_scaling: ___, ...young } = json;
  const bytes = writeSafetensors(tensors);
  for (const form of [old, young, json]) expect((await load(form, bytes)).config).toEqual(model.config);
});

test("a model that no published family describes is stored in words of our own", async () => {
  const model = Gpt.create(
    {
      ...config,
      position: ["rope", "none"],
      qkNorm: "after-rope",
      norm: "rms",
      normWeight: false,
      activation: "relu2",
      bias: false,
      tied: false,
      softcap: 15,
      embeddingNorm: true,
      qkScale: 1.2,
      windows: [3, 0],
    },
    { seed: 9 },
  );
  const path = join(folder, "own");
  await model.save(path);
  const loaded = await Gpt.load(path);
  expect(loaded.config).toEqual(model.config);
  expect(await logits(loaded)).toEqual(await logits(model));
});

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { engine, readSafetensors, tensor, useEngine, writeSafetensors } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModelFile, readModelFile, writeModelFiles } from "../src/files.web.js";
import { ConfigError, Gpt, type GptConfig, WeightsError } from "../src/index.js";

const config: GptConfig = { vocabSize: 17, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 };
const ids = [3, 1, 4, 1, 5];
const logits = async (model: Gpt) => model.forward(tensor(ids, [1, 5], "int32")).data();

let folder: string;
beforeAll(async () => {
  await useEngine("reference");
  folder = await mkdtemp(join(tmpdir(), "llm-gpt-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([true, false])("save and load, bias %s", (bias) => {
  test("give back the very same model, and leave nothing else behind", async () => {
    const path = join(folder, `model-${bias}`);
    const model = Gpt.create({ ...config, bias, activation: "gelu-erf", endOfText: 16 }, { seed: 9 });
    await model.save(path);
    await model.save(path); // over an older one
    expect((await readdir(path)).sort()).toEqual(["config.json", "model.safetensors"]);
    const loaded = await Gpt.load(path);
    expect(loaded.config).toEqual(model.config);
    expect(loaded.parameters().map(({ name }) => name)).toEqual(model.parameters().map(({ name }) => name));
    expect(await logits(loaded)).toEqual(await logits(model));
  });
});

test("the file has the names and the [in, out] matrices of the published GPT-2", async () => {
  const files = await Gpt.create(config, { seed: 9 }).toFiles();
  const { tensors, metadata } = readSafetensors(files["model.safetensors"]);
  expect(metadata.format).toBe("pt");
  expect(tensors.get("h.1.attn.c_attn.weight")?.shape).toEqual([8, 24]);
  expect(tensors.get("h.1.mlp.c_proj.weight")?.shape).toEqual([32, 8]);
  expect([...tensors.keys()].some((name) => /lm_head|transformer/.test(name))).toBe(false);
});

describe("faults are named", () => {
  const files = async (change: (tensors: ReturnType<typeof readSafetensors>["tensors"]) => void) => {
    const files = await Gpt.create(config, { seed: 9 }).toFiles();
    const { tensors } = readSafetensors(files["model.safetensors"]);
    change(tensors);
    const entries = [...tensors].map(
      ([name, { shape, data }]) => [name, { shape, data: data as Float32Array }] as const,
    );
    return { ...files, "model.safetensors": writeSafetensors(new Map(entries)) };
  };

  test("a missing, a mis-shaped and a foreign tensor, all in one message", async () => {
    const broken = await files((tensors) => {
      tensors.delete("h.0.ln_1.bias");
      tensors.get("ln_f.weight")!.shape = [2, 4];
      tensors.set("h.2.ln_1.bias", tensors.get("ln_f.bias")!);
    });
    const load = Gpt.fromFiles(broken);
    await expect(load).rejects.toThrow(WeightsError);
    await expect(load).rejects.toThrow("h.0.ln_1.bias is missing");
    await expect(load).rejects.toThrow("ln_f.weight has shape [2,4] where the config wants [8]");
    await expect(load).rejects.toThrow("h.2.ln_1.bias is not a tensor of this config");
  });

  test("biases that are not zero do not pass for a model without", async () => {
    const broken = await files((tensors) => {
      tensors.get("ln_f.bias")!.data[3] = 1;
    });
    const json = JSON.parse(new TextDecoder().decode(broken["config.json"]));
    const bytes = new TextEncoder().encode(JSON.stringify({ ...json, bias: false }));
    await expect(Gpt.fromFiles({ ...broken, "config.json": bytes })).rejects.toThrow("ln_f.bias");
  });

  test("mask buffers, a second head and the transformer. prefix are accepted", async () => {
    const model = Gpt.create(config, { seed: 9 });
    const renamed = await files((tensors) => {
      for (const [name, tensor] of [...tensors]) {
        tensors.delete(name);
        tensors.set(`transformer.${name}`, tensor);
      }
      const wte = tensors.get("transformer.wte.weight")!;
      tensors.set("lm_head.weight", wte);
      tensors.set("transformer.h.0.attn.bias", wte);
      tensors.set("transformer.h.0.attn.masked_bias", wte);
    });
    expect(await logits(await Gpt.fromFiles(renamed))).toEqual(await logits(model));
  });

  test("files that are absent or cut short", async () => {
    await expect(Gpt.load(join(folder, "nowhere"))).rejects.toThrow(WeightsError);
    await expect(Gpt.load(join(folder, "nowhere"))).rejects.toThrow("config.json");
    const model = Gpt.create(config, { seed: 9 });
    const path = join(folder, "short");
    await model.save(path);
    const bytes = await readFile(join(path, "model.safetensors"));
    await writeFile(join(path, "model.safetensors"), bytes.subarray(0, bytes.length - 40));
    await expect(Gpt.load(path)).rejects.toThrow("model.safetensors cannot be read");
    await writeFile(join(path, "config.json"), "{");
    await expect(Gpt.load(path)).rejects.toThrow("not JSON");
    const json = new TextEncoder().encode('{"model_type":"bert"}');
    await expect(Gpt.fromFiles({ "config.json": json })).rejects.toThrow(ConfigError);
    await expect(Gpt.fromFiles({})).rejects.toThrow("config.json is not among");
  });
});

test("a folder that cannot be loaded leaves neither weights nor an open file behind", async () => {
  const openFiles = async () => (process.platform === "linux" ? (await readdir("/proc/self/fd")).length : 0);
  const path = join(folder, "unfit");
  const model = Gpt.create(config, { seed: 9 });
  const deeper = Gpt.create({ ...config, nLayer: 3 }, { seed: 9 });
  await deeper.save(path);
  const [own, files] = [await model.toFiles(), await openFiles()];
  const { allocations } = engine().memory;

  await writeFile(join(path, "config.json"), own["config.json"]);
  await expect(Gpt.load(path)).rejects.toThrow("h.2.ln_1.weight is not a tensor of this config");
  // Found while reading, when most weights are made.
  await writeFile(join(path, "model.safetensors"), own["model.safetensors"].subarray(0, -4));
  await expect(Gpt.load(path)).rejects.toThrow(WeightsError);
  expect(engine().memory.allocations).toBe(allocations);
  expect(await openFiles()).toBe(files);
});

test("in the browser, files come from a URL and cannot be written", async () => {
  const url = `data:application/octet-stream;base64,${Buffer.from([1, 2, 3]).toString("base64")}#`;
  expect([...(await readModelFile(url, "config.json"))]).toEqual([1, 2, 3]);
  const chunks: number[] = [];
  const body = await openModelFile(url, "model.safetensors");
  await body.pipeTo(new WritableStream({ write: (chunk) => void chunks.push(...chunk) }));
  expect(chunks).toEqual([1, 2, 3]);
  await expect(writeModelFiles("/models", {})).rejects.toThrow("toFiles()");
});

const python = process.env.LLM_PYTHON ?? "python3";
const hasTransformers = spawnSync(python, ["-c", "import torch, transformers"]).status === 0;
if (!hasTransformers) {
  console.log(`skipped: opening our files with transformers (${python} has none; set LLM_PYTHON)`);
}
test.skipIf(!hasTransformers)("transformers opens what save() wrote and agrees", async () => {
  for (const bias of [true, false]) {
    const path = join(folder, `opened-${bias}`);
    const model = Gpt.create({ ...config, bias }, { seed: 9 });
    await model.save(path);
    const make = fileURLToPath(new URL("./golden/make.py", import.meta.url));
    const answer = execFileSync(python, [make, path, JSON.stringify(ids)], { encoding: "utf8" });
    const theirs = (JSON.parse(answer) as number[][]).flat();
    const ours = await logits(model);
    for (const [i, value] of theirs.entries()) expect(ours[i]).toBeCloseTo(value, 5);
  }
});

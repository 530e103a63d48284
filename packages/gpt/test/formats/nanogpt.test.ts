import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { engine, useEngine } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readNanoGPT, writeNanoGPT } from "../../src/formats/index.js";
import { ConfigError, Gpt, type GptConfig, OptionsError, WeightsError } from "../../src/index.js";
import { expectClose, golden, goldenPath, logitsOf } from "./golden.js";
import { checkpoint, type Op, op, pickle, zip } from "./torch-files.js";

beforeAll(() => useEngine("reference", { precision: "float64" }));

describe("checkpoints of torch", () => {
  test.each([
    ["compiled", {}],
    ["views", {}],
    ["untied", { activation: "gelu" }],
  ] as const)("%s gives the logits of the model it was made from", async (name, options) => {
    const { ids, logits, iterNum = null, bestValLoss = null, config = {} } = golden(name);
    const read = await readNanoGPT(goldenPath(`${name}.pt`), options);
    expectClose(await logitsOf(read.model, ids), logits.flat(), 1e-9);
    expect(read).toMatchObject({ iterNum, bestValLoss });
    expect(read.config).toEqual(config);
    expect(read.model.config.tied).toBe(name !== "untied");
    expect(read.model.config.bias.qkv).toBe(name !== "compiled");
  });

  test("from bytes and a Blob; only what the model needs is read", async () => {
    const bytes = readFileSync(goldenPath("compiled.pt"));
    const blob = new Blob([bytes]);
    let taken = 0;
    const slice = blob.slice.bind(blob);
    blob.slice = (from = 0, to = 0) => {
      taken += Math.max(0, Math.min(to, blob.size) - from);
      return slice(from, to);
    };
    const [one, other] = [await readNanoGPT(new Uint8Array(bytes)), await readNanoGPT(blob)];
    expect(await logitsOf(one.model, [1, 2])).toEqual(await logitsOf(other.model, [1, 2]));
    expect(taken).toBeGreaterThan(4 * one.model.numParameters);
    const directory = 2 * bytes.length; // its end is looked for in the last 64 kB: here all of the file
    expect(taken).toBeLessThan(directory + 4 * one.model.numParameters);
  });

  test("cut short anywhere, it is refused and leaves nothing in memory", async () => {
    const bytes = new Uint8Array(readFileSync(goldenPath("untied.pt")));
    const { allocations } = engine().memory;
    for (let length = 0; length < bytes.length; length += 331) {
      await expect(readNanoGPT(bytes.subarray(0, length))).rejects.toThrow(WeightsError);
    }
    expect(engine().memory.allocations).toBe(allocations);
  });

  test("with any byte of its pickle or its directory changed, it is read or refused, and nothing else", async () => {
    const original = readFileSync(goldenPath("views.pt"));
    const start = original.indexOf("model_args") - 1500;
    for (let at = Math.max(0, start); at < original.length; at += 37) {
      const bytes = new Uint8Array(original);
      bytes[at]! ^= 0x55;
      await readNanoGPT(bytes).catch((error) => {
        expect(`${at} ${error.name}`).toMatch(/ (WeightsError|ConfigError)$/);
      });
    }
  });
});

describe("pickles that do more than hold weights", () => {
  const global = (name: string): Op[] => [op("c", `${name.replace(".", "\n")}\n`)];
  const run = (...ops: Op[]) => readNanoGPT(zip({ "x/data.pkl": pickle(...ops) }));

  test.each([
    ["posix.system", [...global("posix.system"), op("X", "rm -rf /"), op(0x85), op("R"), op(".")]],
    ["builtins.eval", [...global("builtins.eval"), op(".")]],
    ["torch.load", [...global("torch.load"), op(".")]],
    ["numpy.core.multiarray.scalar", [op("c", "numpy.core.multiarray\nscalar\n"), op(".")]],
    ["torch.storage.FloatStorage", [op("c", "torch.storage\nFloatStorage\n"), op(".")]],
    ["os.getenv", [op(0x8c, "os"), op(0x8c, "getenv"), op(0x93), op(".")]],
  ] as [string, Op[]][])("%s is refused by name", async (name, ops) => {
    const read = run(...ops);
    await expect(read).rejects.toThrow(WeightsError);
    await expect(read).rejects.toThrow(name);
  });

  test.each([
    ["OBJ", "o", "0x6f"],
    ["INST", "i", "0x69"],
    ["NEWOBJ", 0x81, "0x81"],
    ["EXT1", 0x82, "0x82"],
    ["PERSID", "P", "0x50"],
    ["LONG4", 0x8b, "0x8b"],
    ["BYTEARRAY8", 0x96, "0x96"],
    ["INT", "I", "0x49"],
    ["none", 0xff, "0xff"],
  ] as const)("operation %s is refused", async (_, operation, words) => {
    await expect(run(op("]"), op("]"), op(operation))).rejects.toThrow(words);
  });

  test.each([
    ["nothing", [], "ends too early"],
    ["no stop", [op("}")], "ends too early"],
    ["a text longer than the file", [op("X", new Uint8Array([255, 255, 255, 127]), true)], "ends too early"],
    ["an empty stack", [op(".")], "empty stack"],
    ["no mark", [op("t")], "a mark that is not there"],
    ["nothing kept", [op("h", new Uint8Array([9]), true)], "has not kept"],
    ["a call of a text", [op("X", "f"), op(")"), op("R")], "something that has no name"],
    [
      "a call that is no tensor",
      [...global("torch._utils\n_rebuild_tensor_v2".replace("\n", ".")), op(")"), op("R")],
      "_rebuild_tensor_v2",
    ],
    ["attributes of a list", [op("]"), op("}"), op("b")], "no dictionary"],
    ["a key that is a list", [op("}"), op("]"), op("N"), op("s")], "a key"],
    ["a pair in a list", [op("]"), op("N"), op("N"), op("s")], "a dictionary was expected"],
    ["an item in a dictionary", [op("}"), op("N"), op("a")], "a list was expected"],
    ["a number of 200 bytes", [op(0x8a, new Uint8Array([200]), true)], "200 bytes"],
    ["a reference to nothing", [op("N"), op("Q")], "no storage of numbers"],
    ["millions of dictionaries", [new Uint8Array(1_000_001).fill(0x7d)], "more than 1000000 objects"],
    ["millions of marks", [new Uint8Array(1_000_001).fill(0x28)], "more than 1000000 objects"],
    ["a list", [op("]"), op(".")], "no checkpoint of nanoGPT"],
    [
      "a list in itself",
      [op("]"), op("q", new Uint8Array([0]), true), op("h", new Uint8Array([0]), true), op("a"), op(".")],
      "no checkpoint of nanoGPT",
    ],
  ] as [string, Op[], string][])("%s", async (_, ops, words) => {
    const read = run(...ops);
    await expect(read).rejects.toThrow(words);
    await expect(read).rejects.toThrow(WeightsError);
  });
});

describe("checkpoints that do not fit themselves", () => {
  test("a whole one is read", async () => {
    const { model } = await readNanoGPT(checkpoint({}));
    expect(model.numParameters).toBe((5 + 3) * 4 + (1 + 12 + 4 + 1 + 16 + 16) * 4 + 4);
  });

  test.each([
    ["layers that are not there", { args: { n_layer: 2 } }, "h.1.ln_1.weight is missing"],
    ["a billion layers", { args: { n_layer: 1e9 } }, "n_layer in its model_args is 1000000000"],
    ["a billion tokens", { args: { vocab_size: 1e9 } }, "wte.weight has shape [5,4]"],
    ["no width", { args: { n_embd: "wide" } }, "n_embd in its model_args is wide"],
    ["heads that do not fit", { args: { n_head: 3 } }, "nEmbd"],
    ["biases that are text", { args: { bias: "yes" } }, "bias and dropout"],
    ["a tensor that is a number", { state: { "transformer.ln_f.weight": 7 } }, "ln_f.weight"],
    [
      "a tensor of another model",
      { state: { "transformer.h.7.ln_1.weight": { shape: [4] } } },
      "h.7.ln_1.weight",
    ],
    [
      "a shape of another model",
      { state: { "transformer.ln_f.weight": { shape: [5] } } },
      "ln_f.weight has shape [5]",
    ],
    ["a storage that is not there", { without: "data/0" }, "storage is missing"],
    [
      "a storage that is short",
      { state: { "transformer.ln_f.weight": { shape: [4], length: 3 } } },
      "does not lie in its storage of 3",
    ],
    [
      "a view beyond its storage",
      { state: { "transformer.ln_f.weight": { shape: [4], offset: 1 } } },
      "does not lie in its storage",
    ],
    [
      "strides beyond its storage",
      { state: { "transformer.ln_f.weight": { shape: [4], strides: [2] } } },
      "does not lie in its storage",
    ],
    [
      "one number for all",
      { state: { "transformer.ln_f.weight": { shape: [4], strides: [0] } } },
      "does not lie in its storage",
    ],
    [
      "whole numbers",
      { state: { "transformer.ln_f.weight": { shape: [4], type: "LongStorage" } } },
      "is a LongStorage",
    ],
  ] as [string, Parameters<typeof checkpoint>[0], string][])("%s", async (_, change, words) => {
    const { allocations } = engine().memory;
    await expect(readNanoGPT(checkpoint(change))).rejects.toThrow(words);
    expect(engine().memory.allocations).toBe(allocations);
  });

  test("tensors that all look into one storage", async () => {
    const layers = Array.from({ length: 400 }, (_, i) => `transformer.h.${i + 1}.mlp.c_fc.weight`);
    const state = Object.fromEntries(layers.map((name) => [name, { shape: [64, 64], key: "shared" }]));
    await expect(readNanoGPT(checkpoint({ state }))).rejects.toThrow("share a storage");
  });
});

describe("archives", () => {
  test.each([
    ["nothing", new Uint8Array(0), "no directory at its end"],
    ["a pickle of an old torch", new Uint8Array([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c]), "before torch 1.6"],
    ["no pickle", zip({ "x/version": new Uint8Array([51]) }), "has no data.pkl"],
    ["a compressed pickle", zip({ "x/data.pkl": pickle(op("N"), op(".")) }, { method: 8 }), "compressed"],
    [
      "big-endian numbers",
      zip({ "x/data.pkl": pickle(op("N"), op(".")), "x/byteorder": new TextEncoder().encode("big") }),
      "big-endian",
    ],
    [
      "a name twice",
      zip([
        ["x/data.pkl", pickle(op("."))],
        ["x/data.pkl", pickle(op("."))],
      ]),
      "twice",
    ],
    [
      "a file larger than the archive",
      zip({ "x/data.pkl": pickle(op(".")) }, { size: 1 << 20 }),
      "goes beyond its end",
    ],
    [
      "a pickle of gigabytes",
      zip({ "x/data.pkl": pickle(op(".")) }, { size: 0xfffffff0 }),
      "larger than a checkpoint",
    ],
    [
      "a file beyond the archive",
      zip({ "x/data.pkl": pickle(op(".")) }, { header: 0xffffff00 }),
      "cut short",
    ],
    [
      "a directory beyond the archive",
      zip({ "x/data.pkl": pickle(op(".")) }, { directory: 0xffffff00 }),
      "is not inside it",
    ],
  ])("%s", async (_, bytes, words) => {
    const read = readNanoGPT(bytes);
    await expect(read).rejects.toThrow(words);
    await expect(read).rejects.toThrow(WeightsError);
  });
});

test("mistakes in options are named", async () => {
  const file = goldenPath("views.pt");
  await expect(readNanoGPT(file, { activation: "relu" } as never)).rejects.toThrow(OptionsError);
  await expect(readNanoGPT("nowhere.pt")).rejects.toThrow('cannot open "nowhere.pt"');
});

describe("written checkpoints", () => {
  const config: GptConfig = {
    vocabSize: 29,
    blockSize: 12,
    nLayer: 2,
    nHead: 2,
    nEmbd: 8,
    activation: "gelu-erf",
  };
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "llm-gpt-nanogpt-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([true, false])("are read again, bias %s", async (bias) => {
    const model = Gpt.create({ ...config, bias, dropout: 0.1 }, { seed: 1 });
    const path = join(folder, "ckpt.pt");
    const settings = { dataset: "shakespeare_char", learning_rate: 1e-3, compile: false, note: null };
    await writeNanoGPT(model, path, { iterNum: 2 ** 40, bestValLoss: 1.25, config: settings });
    const read = await readNanoGPT(path);
    expect(read).toMatchObject({ iterNum: 2 ** 40, bestValLoss: 1.25, config: settings });
    expect(read.model.config).toEqual(model.config);
    expectClose(await logitsOf(read.model, [1, 2, 3]), await logitsOf(model, [1, 2, 3]), 1e-6);
    await writeNanoGPT(read.model, join(folder, "again.pt"), {
      iterNum: 2 ** 40,
      bestValLoss: 1.25,
      config: settings,
    });
    expect(readFileSync(join(folder, "again.pt"))).toEqual(readFileSync(path));
    expect(readdirSync(folder).sort()).toEqual(["again.pt", "ckpt.pt"]);
  });

  test.each([
    [{ activation: "gelu" }, 'activation is "gelu", and nanoGPT computes "gelu-erf"'],
    [{ tied: false }, "tied is false"],
    [{ bias: { qkv: true, mlp: false } }, "bias is"],
    [{ norm: "rms" }, "norm is"],
    [{ mlp: { width: 8 } }, "mlp is"],
  ] satisfies [Partial<GptConfig>, string][])("of %o are refused", async (change, words) => {
    const model = Gpt.create({ ...config, ...change }, { seed: 1 });
    const written = writeNanoGPT(model, join(folder, "refused.pt"));
    await expect(written).rejects.toThrow(ConfigError);
    await expect(written).rejects.toThrow(words);
  });

  test("a signal leaves the old file; mistakes are named", async () => {
    const model = Gpt.create(config, { seed: 1 });
    writeFileSync(join(folder, "kept.pt"), "old");
    const stopped = writeNanoGPT(model, join(folder, "kept.pt"), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow("aborted");
    expect(readFileSync(join(folder, "kept.pt"), "utf8")).toBe("old");
    await expect(writeNanoGPT(model, join(folder, "x.pt"), { iterNum: 0.5 })).rejects.toThrow("iterNum");
  });

  const python = process.env["LLM_PYTHON"] ?? "python3";
  const hasTorch = spawnSync(python, ["-c", "import torch, transformers"]).status === 0;
  if (!hasTorch) console.log(`skipped: opening checkpoints with torch (${python} has none; set LLM_PYTHON)`);
  test.skipIf(!hasTorch)(
    "are opened by torch, which agrees",
    async () => {
      const script = fileURLToPath(new URL("../golden/formats.py", import.meta.url));
      for (const bias of [true, false]) {
        const model = Gpt.create({ ...config, bias }, { seed: 1 });
        const path = join(folder, "ours.pt");
        await writeNanoGPT(model, path, { config: { dataset: "openwebtext" } });
        const answer = execFileSync(python, [script, "nanogpt", path, "[1,28,3]"], { encoding: "utf8" });
        expectClose(
          await logitsOf((await readNanoGPT(path)).model, [1, 28, 3]),
          JSON.parse(answer).flat(),
          1e-9,
        );
      }
    },
    120_000,
  );
});

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors, tensor, useEngine, write } from "@llm/tensor";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readModelFile, writeModelFiles } from "../src/files.node.js";
import { Gpt, type GptConfig, OptionsError, WeightsError } from "../src/index.js";

/** Which call of the file system fails, and whether all that come after it fail too, as in a process that was killed. */
const failing = vi.hoisted(() => {
  vi.resetModules(); // those that other files of tests have loaded hold the true file system
  return { at: Number.POSITIVE_INFINITY, code: "", isKill: false, calls: 0 };
});
afterAll(() => {
  vi.resetModules();
});
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const step = () => {
    const call = failing.calls++;
    if (failing.isKill ? call < failing.at : call !== failing.at) return;
    throw Object.assign(new Error("the file system fails"), { code: failing.code });
  };
  const stepping =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      step();
      return work(...args);
    };
  const { mkdir, rename, rm, rmdir, readdir } = real;
  const open = async (...args: Parameters<typeof real.open>) => {
    step();
    const file = await real.open(...args);
    return new Proxy(file, {
      get(target, name) {
        if (name === "writeFile" || name === "sync") step();
        if (name === "sync") return async () => {}; // takes long, and shows nothing here
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  const changed = { mkdir, rename, rm, rmdir, readdir };
  return {
    ...real,
    open,
    ...Object.fromEntries(Object.entries(changed).map(([name, work]) => [name, stepping(work as never)])),
  };
});

const config: GptConfig = { vocabSize: 17, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 };
const ids = [3, 1, 4, 1, 5];
const logits = async (model: Gpt) => model.forward(tensor(ids, [1, 5], "int32")).data();

const bytes = (text: string) => new TextEncoder().encode(text);

let folder: string;
let count = 0;
const fresh = () => join(folder, String(++count));
beforeAll(async () => {
  await useEngine("reference");
  folder = mkdtempSync(join(tmpdir(), "llm-gpt-saving-"));
});
beforeEach(() => Object.assign(failing, { at: Number.POSITIVE_INFINITY, isKill: false, calls: 0 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shards = (n: number) =>
  Array.from({ length: n }, (_, i) => `model-0000${i + 1}-of-0000${n}.safetensors`);
const json = (path: string, name: string) => JSON.parse(readFileSync(join(path, name), "utf8"));

describe("shards", () => {
  test.each([2_000, 4_000, 5_000])(
    "of %i bytes hold each tensor once, and an index says where",
    async (max) => {
      const path = fresh();
      const model = Gpt.create(config, { seed: 9 });
      await model.save(path, { maxShardBytes: max });
      const { weight_map: map, metadata } = json(path, "model.safetensors.index.json");
      const files = [...new Set(Object.values<string>(map))].sort();
      expect(files).toEqual(shards(files.length));
      expect(readdirSync(path).sort()).toEqual(["config.json", ...files, "model.safetensors.index.json"]);
      let total = 0;
      for (const file of files) {
        const { tensors } = readSafetensors(readFileSync(join(path, file)));
        const bytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
        expect(bytes <= max || tensors.size === 1).toBe(true);
        for (const name of tensors.keys()) expect(map[name]).toBe(file);
        total += bytes;
      }
      expect(metadata).toEqual({ total_size: total, total_parameters: total / 4 });
      expect(Object.keys(map)).toEqual(Object.keys(map).sort());
      expect(await logits(await Gpt.load(path))).toEqual(await logits(model));
    },
  );

  test("one file where all fits, to the byte", async () => {
    const model = Gpt.create(config, { seed: 9 });
    const bytes = 4 * model.numParameters;
    for (const [max, file] of [
      [bytes, "model.safetensors"],
      [bytes - 1, "model.safetensors.index.json"],
    ] as const) {
      const path = fresh();
      await model.save(path, { maxShardBytes: max });
      expect(readdirSync(path)).toContain(file);
    }
  });

  test("older weights are neither read nor left behind, other files are", async () => {
    const path = fresh();
    const [one, other] = [Gpt.create(config, { seed: 1 }), Gpt.create({ ...config, nLayer: 3 }, { seed: 2 })];
    mkdirSync(path);
    writeFileSync(join(path, "tokenizer.json"), "{}");
    for (const [model, options] of [
      [one, { maxShardBytes: 2_000 }],
      [other, {}],
      [one, { maxShardBytes: 4_000 }],
      [other, { maxShardBytes: 8_000 }],
    ] as const) {
      await model.save(path, options);
      expect(await logits(await Gpt.load(path))).toEqual(await logits(model));
      const left = readdirSync(path).filter((name) => /^model-/.test(name));
      expect(left).toEqual(shards(left.length));
      expect(readdirSync(path).includes("model.safetensors")).toBe(left.length === 0);
      expect(readdirSync(path)).toContain("tokenizer.json");
    }
  });
});

describe("types", () => {
  test.each([
    ["bfloat16", 2 ** -8],
    ["float16", 2 ** -11],
  ] as const)("%s takes half the bytes, and says so in config.json", async (dtype, error) => {
    const path = fresh();
    const model = Gpt.create(config, { seed: 9 });
    await model.save(path, { dtype });
    expect(json(path, "config.json").torch_dtype).toBe(dtype);
    expect(statSync(join(path, "model.safetensors")).size).toBeLessThan(2 * model.numParameters + 4_000);
    const loaded = await Gpt.load(path);
    for (const [i, weight] of model.parameters().entries()) {
      const after = await loaded.parameters()[i]!.data();
      for (const [j, value] of (await weight.data()).entries()) {
        expect(Math.abs(after[j]! - value)).toBeLessThanOrEqual(Math.abs(value) * error + 3e-8);
      }
    }
    const again = fresh();
    await loaded.save(again, { dtype });
    expect(readFileSync(join(again, "model.safetensors"))).toEqual(
      readFileSync(join(path, "model.safetensors")),
    );
  });

  test("a value too large for float16 is named, and the old model stays", async () => {
    const path = fresh();
    const model = Gpt.create(config, { seed: 9 });
    await model.save(path);
    const before = await logits(await Gpt.load(path));
    const weight = model.parameters({ only: "h.1.ln_1.weight" })[0]!;
    write(weight, new Float32Array(8).fill(65_519));
    await model.save(fresh(), { dtype: "float16" });
    write(weight, new Float32Array(8).fill(-65_520));
    const saved = model.save(path, { dtype: "float16" });
    await expect(saved).rejects.toThrow(WeightsError);
    await expect(saved).rejects.toThrow("h.1.ln_1.weight has the value -65520");
    expect(readdirSync(path).sort()).toEqual(["config.json", "model.safetensors"]);
    expect(await logits(await Gpt.load(path))).toEqual(before);
  });

  test("mistakes in options are named", async () => {
    const model = Gpt.create(config, { seed: 9 });
    for (const options of [{ maxShardBytes: 0 }, { dtype: "fp16" }, { maxShardSize: "2GB" }]) {
      const saved = model.save(fresh(), options as never);
      await expect(saved).rejects.toThrow(OptionsError);
      await expect(saved).rejects.toThrow(Object.keys(options)[0]!);
    }
  });
});

test("progress reaches the whole, and a signal leaves the old model", async () => {
  const path = fresh();
  const model = Gpt.create(config, { seed: 9 });
  const seen: number[] = [];
  await model.save(path, { onProgress: ({ bytes, totalBytes }) => seen.push(bytes / totalBytes) });
  expect(seen.at(-1)).toBe(1);
  expect(seen.every((share, i) => i === 0 || share > seen[i - 1]!)).toBe(true);
  const stop = new AbortController();
  const other = Gpt.create({ ...config, nLayer: 3 }, { seed: 1 });
  const saved = other.save(path, { signal: stop.signal, onProgress: () => stop.abort() });
  await expect(saved).rejects.toThrow("aborted");
  expect(readdirSync(path).sort()).toEqual(["config.json", "model.safetensors"]);
  expect(await logits(await Gpt.load(path))).toEqual(await logits(model));
});

// Every call of the file system that a save makes fails once, by itself or with all that follow.
describe("both new or both old", () => {
  const old = { maxShardBytes: 3_000 };
  const next = { maxShardBytes: 2_000 };
  const small = { ...config, nLayer: 1 };
  const models = () => [
    Gpt.create(small, { seed: 1 }),
    Gpt.create({ ...small, activation: "gelu-erf" }, { seed: 2 }), // the same shapes: a mixture would load
  ];

  /** The content of a folder as another program finds it. */
  const content = (path: string) =>
    readdirSync(path)
      .filter((name) => !name.startsWith("."))
      .sort()
      .map(
        (name) =>
          `${name} ${createHash("sha1")
            .update(readFileSync(join(path, name)))
            .digest("hex")}`,
      );

  async function each(
    isKill: boolean,
    code: string,
    check: (path: string, failed: boolean) => Promise<void>,
  ) {
    const [one, other] = models() as [Gpt, Gpt];
    const before = fresh();
    await one.save(before, old);
    for (let at = 0; ; at++) {
      const path = fresh();
      cpSync(before, path, { recursive: true });
      Object.assign(failing, { at, isKill, code, calls: 0 });
      const failed = await other.save(path, next).then(
        () => false,
        () => true,
      );
      Object.assign(failing, { at: Number.POSITIVE_INFINITY });
      await check(path, failed);
      if (failing.calls <= at || at > 500) return at;
    }
  }

  test("when the process is killed at any point", async () => {
    const [one, other] = models() as [Gpt, Gpt];
    const [olds, news] = [fresh(), fresh()];
    await one.save(olds, old);
    await other.save(news, next);
    const known = [content(olds), content(news)];
    const logitsOf = [await logits(one), await logits(other)];
    const found = new Set<number>();
    const calls = await each(true, "EKILLED", async (path) => {
      if (readdirSync(path).includes("config.json")) expect(known).toContainEqual(content(path));
      const loaded = await logits(await Gpt.load(path));
      const which = logitsOf.findIndex((each) => each.join() === loaded.join());
      found.add(which);
      expect(content(path)).toEqual(known[which]);
      await other.save(path, next);
      expect(readdirSync(path).sort()).toEqual(readdirSync(news).sort());
    });
    expect(calls).toBeGreaterThan(30);
    expect([...found].sort()).toEqual([0, 1]);
  }, 240_000);

  test("when the disk is full, which the error says, with nothing left behind", async () => {
    const [one, other] = models() as [Gpt, Gpt];
    const logitsOf = [await logits(one), await logits(other)].map(String);
    await each(false, "ENOSPC", async (path, failed) => {
      const loaded = String(await logits(await Gpt.load(path)));
      expect(logitsOf).toContain(loaded);
      if (!failed) return;
      await other.save(path, next);
      expect(readdirSync(path).filter((name) => name.startsWith("."))).toEqual([]);
    });
    const path = fresh();
    await one.save(path);
    Object.assign(failing, { at: 12, code: "ENOSPC", calls: 0 });
    const saved = other.save(path);
    await expect(saved).rejects.toMatchObject({ name: "DiskFullError" });
    expect(readdirSync(path).sort()).toEqual(["config.json", "model.safetensors"]);
  });

  test("a folder in the place of a file is refused before anything is moved", async () => {
    const [one, other] = models() as [Gpt, Gpt];
    const path = fresh();
    await one.save(path, old);
    mkdirSync(join(path, "model.safetensors"));
    await expect(other.save(path)).rejects.toThrow("it is a folder");
    rmSync(join(path, "model.safetensors"), { recursive: true });
    expect(await logits(await Gpt.load(path))).toEqual(await logits(one));
  });

  test("a save that was stopped at its end is finished by several readers at once", async () => {
    const [one, other] = models() as [Gpt, Gpt];
    const path = fresh();
    await one.save(path, old);
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const stage = join(path, ".save");
    await other.save(stage, next);
    writeFileSync(join(stage, `files.${dead}-1.json`), JSON.stringify(readdirSync(stage)));
    const loaded = await Promise.all([Gpt.load(path), Gpt.load(path), Gpt.load(path)]);
    for (const model of loaded) expect(await logits(model)).toEqual(await logits(other));
    expect(readdirSync(path)).not.toContain(".save");
  });

  test("files that are saved beside a model leave it there, and are finished too", async () => {
    const [one] = models() as [Gpt, Gpt];
    const path = fresh();
    await one.save(path, old);
    const names = readdirSync(path);
    await writeModelFiles(path, {
      "adapter_config.json": [bytes("old")],
      "adapter_model.safetensors": [bytes("old")],
    });
    expect(readdirSync(path).sort()).toEqual(
      [...names, "adapter_config.json", "adapter_model.safetensors"].sort(),
    );
    expect(await logits(await Gpt.load(path))).toEqual(await logits(one));
    const written = { "adapter_config.json": [bytes("new")], "adapter_model.safetensors": [bytes("new")] };
    for (let at = 0; at < failing.calls || at === 0; at++) {
      Object.assign(failing, { at, isKill: true, calls: 0 });
      await writeModelFiles(path, written).catch(() => {});
      Object.assign(failing, { at: Number.POSITIVE_INFINITY });
      const config = Buffer.from(await readModelFile(path, "adapter_config.json")).toString();
      expect(Buffer.from(await readModelFile(path, "adapter_model.safetensors")).toString()).toBe(config);
    }
    expect(await logits(await Gpt.load(path))).toEqual(await logits(one));
  });

  test("two saves at once: one of the models is there, whole", async () => {
    const [one, other] = models() as [Gpt, Gpt];
    const path = fresh();
    await Promise.all(
      [one.save(path, old), other.save(path, next), one.save(path)].map((each) => each.catch(() => {})),
    );
    const loaded = String(await logits(await Gpt.load(path)));
    expect([await logits(one), await logits(other)].map(String)).toContain(loaded);
    expect(readdirSync(path).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

const python = process.env["LLM_PYTHON"] ?? "python3";
const hasTransformers = spawnSync(python, ["-c", "import torch, transformers"]).status === 0;
if (!hasTransformers) {
  console.log(`skipped: opening our shards with transformers (${python} has none; set LLM_PYTHON)`);
}
test.skipIf(!hasTransformers)(
  "transformers opens shards of every type and agrees",
  async () => {
    const make = fileURLToPath(new URL("./golden/make.py", import.meta.url));
    for (const dtype of ["float32", "bfloat16", "float16"] as const) {
      const path = fresh();
      await Gpt.create(config, { seed: 9 }).save(path, { dtype, maxShardBytes: 2_000 });
      const ours = await logits(await Gpt.load(path));
      const answer = execFileSync(python, [make, path, JSON.stringify(ids)], { encoding: "utf8" });
      for (const [i, value] of (JSON.parse(answer) as number[][]).flat().entries()) {
        expect(ours[i]).toBeCloseTo(value, dtype === "float32" ? 5 : 2);
      }
    }
  },
  120_000,
);

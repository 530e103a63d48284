import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BatchKey, DataError } from "../../src/index.js";
import { TokenShards } from "../../src/node/index.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "llm-shards-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const key: BatchKey = { split: "train", step: 1, micro: 0, batchSize: 16, blockSize: 8, seed: 5 };

/** Writes shards as the contract between the packages says. */
async function write(name: string, shards: number[][], dtype: "uint16" | "uint32" = "uint16") {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  const listed = [];
  for (const [i, ids] of shards.entries()) {
    const width = dtype === "uint16" ? 2 : 4;
    const bytes = Buffer.alloc(ids.length * width);
    for (const [t, id] of ids.entries()) {
      width === 2 ? bytes.writeUInt16LE(id, 2 * t) : bytes.writeUInt32LE(id, 4 * t);
    }
    const tokens = `${String(i).padStart(5, "0")}.tokens`;
    await writeFile(join(folder, tokens), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    listed.push({
      tokens,
      index: tokens.replace("tokens", "index"),
      count: ids.length,
      documents: 1,
      sha256,
    });
  }
  const tokens = shards.reduce((n, ids) => n + ids.length, 0);
  const manifest = {
    version: 1,
    dtype,
    vocabSize: dtype === "uint16" ? 60_000 : 100_000,
    tokenizer: "ab".repeat(32),
    separator: 0,
    tokens,
    documents: shards.length,
    shards: listed,
  };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

const range = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + i);

async function change(folder: string, edit: (manifest: Record<string, unknown>) => void) {
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  edit(manifest);
  await writeFile(path, JSON.stringify(manifest));
}

describe.each([
  ["uint16", 0],
  ["uint32", 70_000],
] as const)("%s", (dtype, first) => {
  test("every window of every shard is reached, and none crosses a border", async () => {
    const shards = [range(first, 20), range(first + 100, 5), range(first + 200, 9), range(first + 300, 40)];
    const data = await TokenShards.open(await write(`cover-${dtype}`, shards, dtype), { verify: true });
    const starts = new Set<number>();
    for (let step = 0; step < 100; step++) {
      const { ids, targets } = data.batch({ ...key, step });
      for (let i = 0; i < ids.length; i++) {
        expect(targets[i]).toBe(ids[i]! + 1);
        if (i % 8 === 0) starts.add(ids[i]! - first);
        else expect(ids[i]).toBe(ids[i - 1]! + 1);
      }
    }
    expect([...starts].sort((a, b) => a - b)).toEqual([...range(0, 12), 200, ...range(300, 32)]);
    data.close();
  });
});

test("a batch is a function of its key, and ranks share out its rows", async () => {
  const data = await TokenShards.open(await write("key", [range(0, 500)]));
  expect(data.batch(key)).toEqual(data.batch({ ...key }));
  expect(data.batch(key)).not.toEqual(data.batch({ ...key, step: 2 }));
  const ranks = [0, 1].flatMap((rank) => [...data.batch({ ...key, batchSize: 8, rank, world: 2 }).ids]);
  expect(ranks).toEqual([...data.batch(key).ids]);
  expect(data.tokens("train")).toBe(500);
  expect(data.tokens("val")).toBe(0);
  expect(() => data.batch({ ...key, split: "val" })).toThrow(DataError);
  expect(() => data.batch({ ...key, blockSize: 500 })).toThrow("501");
  data.close();
});

test("train/ and val/ are the splits", async () => {
  await write("both/train", [range(0, 100)]);
  const val = await write("both/val", [range(1000, 50)]);
  const data = await TokenShards.open(join(root, "both"));
  expect(data.vocabSize).toBe(60_000);
  expect(data.batch(key).ids.every((id) => id < 100)).toBe(true);
  expect(data.batch({ ...key, split: "val" }).ids.every((id) => id >= 1000)).toBe(true);
  data.close();
  await change(val, (manifest) => {
    manifest.tokenizer = "cd".repeat(32);
  });
  await expect(TokenShards.open(join(root, "both"))).rejects.toThrow("another tokenizer");
});

describe("faults are found when opening", () => {
  test.each([
    ["version", 2],
    ["dtype", "float32"],
    ["vocabSize", 70_000],
    ["tokens", 99],
    ["shards", []],
    ["shards", [{ tokens: "../00000.tokens", count: 100, sha256: "" }]],
    ["shards", [null]],
  ])("%s = %o", async (field, value) => {
    const folder = await write("fault", [range(0, 100)]);
    await change(folder, (manifest) => {
      manifest[field] = value;
    });
    await expect(TokenShards.open(folder)).rejects.toThrow(DataError);
    await expect(TokenShards.open(folder)).rejects.toThrow("manifest.json");
  });

  test("a shard cut short or gone, a manifest cut short or gone", async () => {
    const folder = await write("short", [range(0, 100), range(0, 50)]);
    await truncate(join(folder, "00001.tokens"), 99);
    await expect(TokenShards.open(folder)).rejects.toThrow("has 99 bytes");
    await rm(join(folder, "00001.tokens"));
    await expect(TokenShards.open(folder)).rejects.toThrow(DataError);
    await truncate(join(folder, "manifest.json"), 50);
    await expect(TokenShards.open(folder)).rejects.toThrow("not JSON");
    await rm(join(folder, "manifest.json"));
    await expect(TokenShards.open(folder)).rejects.toThrow("no manifest.json");
  });

  test("changed bytes, when asked to verify", async () => {
    const folder = await write("flip", [range(0, 100)]);
    const path = join(folder, "00000.tokens");
    const bytes = await readFile(path);
    bytes[10]! ^= 1;
    await writeFile(path, bytes);
    (await TokenShards.open(folder)).close();
    await expect(TokenShards.open(folder, { verify: true })).rejects.toThrow("SHA-256");
  });
});

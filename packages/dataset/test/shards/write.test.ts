import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiskFullError } from "@llm/platform/durable";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ShardTokenizer, TokenError } from "../../src/shards/encode.js";
import { ManifestError, readManifest } from "../../src/shards/manifest.js";
import { writeTokens } from "../../src/shards/write.js";

/** Characters as ids, with a separator above them. */
function characters(vocabSize: number): ShardTokenizer {
  return {
    vocabSize,
    encodeOrdinary: (text) => Array.from(text, (char) => char.codePointAt(0)!),
    specialTokens: new Map([["<|endoftext|>", vocabSize - 1]]),
    toHF: () => ({ vocabSize }),
  };
}

const docs = (...texts: string[]) => texts.map((text) => ({ text }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shards-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const files = () => readdirSync(folder).sort();

test("shards hold the tokens, the document ends and their checksums, byte for byte", async () => {
  const seen: number[] = [];
  const manifest = await writeTokens(characters(300), docs("ab", "", "cde", "f"), folder, {
    shardTokens: 4,
    onProgress: ({ tokens }) => seen.push(tokens),
  });
  expect(files()).toEqual([
    "00000.index",
    "00000.tokens",
    "00001.index",
    "00001.tokens",
    "00002.index",
    "00002.tokens",
    "manifest.json",
  ]);
  expect(readFileSync(join(folder, "00000.tokens")).toString("hex")).toBe("610062002b012b01");
  expect(readFileSync(join(folder, "00000.index")).toString("hex")).toBe("03000000000000000400000000000000");
  expect(readFileSync(join(folder, "00002.tokens")).toString("hex")).toBe("66002b01");
  expect(seen).toEqual([3, 4, 8, 10]);
  expect(manifest).toMatchObject({
    version: 1,
    dtype: "uint16",
    vocabSize: 300,
    separator: 299,
    tokens: 10,
    documents: 4,
  });
  expect(manifest.tokenizer).toBe(createHash("sha256").update('{"vocabSize":300}').digest("hex"));
  expect(manifest.shards.map(({ count, documents }) => [count, documents])).toEqual([
    [4, 2],
    [4, 1],
    [2, 1],
  ]);
  for (const { tokens, sha256 } of manifest.shards) {
    expect(sha256).toBe(
      createHash("sha256")
        .update(readFileSync(join(folder, tokens)))
        .digest("hex"),
    );
  }
  expect(await readManifest(folder)).toEqual(manifest);
});

test("ids take two bytes up to a vocabulary of 65,536 and four above", async () => {
  await writeTokens(characters(65_536), docs("\ufffe"), folder, { separator: null });
  expect(readFileSync(join(folder, "00000.tokens")).toString("hex")).toBe("feff");
  const { dtype } = await writeTokens(characters(200_000), docs("\u{1f600}"), folder);
  expect(dtype).toBe("uint32");
  expect(readFileSync(join(folder, "00000.tokens")).toString("hex")).toBe("00f601003f0d0300");
});

test("a finished run replaces what an earlier one left, and only that", async () => {
  writeFileSync(join(folder, "notes.txt"), "mine");
  await writeTokens(characters(300), docs("aaaa", "bbbb", "cccc"), folder, { shardTokens: 1 });
  await writeTokens(characters(300), docs("d"), folder);
  expect(files()).toEqual(["00000.index", "00000.tokens", "manifest.json", "notes.txt"]);
  expect((await readManifest(folder)).tokens).toBe(2);
});

test("many documents in large shards come back whole", async () => {
  const texts = Array.from({ length: 5000 }, (_, i) => "x".repeat(i % 700));
  const manifest = await writeTokens(characters(300), docs(...texts), folder, { shardTokens: 400_000 });
  const ends = manifest.shards.flatMap(({ index }) => {
    const bytes = readFileSync(join(folder, index));
    return Array.from({ length: bytes.length / 8 }, (_, i) => Number(bytes.readBigUInt64LE(8 * i)));
  });
  expect(ends).toHaveLength(5000);
  expect(manifest.tokens).toBe(texts.reduce((sum, text) => sum + text.length + 1, 0));
  for (const { tokens, count } of manifest.shards)
    expect(readFileSync(join(folder, tokens))).toHaveLength(2 * count);
});

test.each([
  ["an id outside the vocabulary", docs("a", "\u{1f600}"), {}, TokenError],
  ["a separator nobody knows", docs("a"), { separator: "<eos>" }, TokenError],
  ["an abort", docs("a"), { signal: AbortSignal.abort(new RangeError("enough")) }, RangeError],
])("%s leaves the folder as it was", async (_, texts, options, error) => {
  await writeTokens(characters(300), docs("before"), folder);
  const before = await readManifest(folder);
  await expect(writeTokens(characters(300), texts, folder, options)).rejects.toThrow(error);
  expect(files()).toEqual(["00000.index", "00000.tokens", "manifest.json"]);
  expect(await readManifest(folder)).toEqual(before);
  expect(
    createHash("sha256")
      .update(readFileSync(join(folder, "00000.tokens")))
      .digest("hex"),
  ).toBe(before.shards[0]!.sha256);
});

test.skipIf(!existsSync("/dev/full"))(
  "a full disk is told by a typed error, and what was begun is removed",
  async () => {
    await writeTokens(characters(300), docs("before"), folder);
    const before = await readManifest(folder);
    // The kernel's own full device stands where the second shard is to be written.
    symlinkSync("/dev/full", join(folder, "00001.tokens.part"));
    const writing = writeTokens(characters(300), docs("one", "two"), folder, { shardTokens: 1 });
    await expect(writing).rejects.toThrow(DiskFullError);
    await expect(writing).rejects.toThrow(join(folder, "00001.tokens"));
    expect(files()).toEqual(["00000.index", "00000.tokens", "manifest.json"]);
    expect(await readManifest(folder)).toEqual(before);
  },
);

test("a run that is killed leaves no manifest that is not true", async () => {
  const source = new URL("../../src/shards/write.ts", import.meta.url).href;
  const script = `
    import { writeTokens } from ${JSON.stringify(source)};
    async function* documents() {
      for (let i = 0; ; i++) yield { text: "x".repeat(1000) };
    }
    const tokenizer = { vocabSize: 300, encodeOrdinary: (text) => new Uint16Array(text.length).fill(7) };
    let told = false;
    await writeTokens(tokenizer, documents(), ${JSON.stringify(folder)}, {
      separator: null,
      shardTokens: 100_000,
      onProgress: ({ shards }) => { if (shards > 3 && !told) { told = true; console.log("under way"); } },
    });`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  expect(files().some((name) => name.endsWith(".part"))).toBe(true);
  expect(files().filter((name) => !name.endsWith(".part"))).toEqual([]);
  await expect(readManifest(folder)).rejects.toThrow(ManifestError);
  await writeTokens(characters(300), docs("again"), folder);
  expect(files()).toEqual(["00000.index", "00000.tokens", "manifest.json"]);
});

test.each([
  ["{", "is not JSON"],
  ['{"version":2}', "version is 2"],
  ['{"version":1,"dtype":"int8"}', "dtype is int8"],
  [
    '{"version":1,"dtype":"uint16","tokens":3,"documents":1,"shards":[{"count":2,"documents":1}]}',
    "tokens is 3, but the shards hold 2",
  ],
])("a manifest %s is refused with the reason", async (text, reason) => {
  writeFileSync(join(folder, "manifest.json"), text);
  await expect(readManifest(folder)).rejects.toThrow(reason);
});

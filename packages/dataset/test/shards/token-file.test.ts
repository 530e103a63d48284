import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ShardTokenizer, TokenError } from "../../src/shards/encode.js";
import { metric } from "../../src/shards/metric.js";
import { readTokens, TokenFileError } from "../../src/shards/read.js";
import { writeDs, writeLlmc, writeNanogpt } from "../../src/shards/token-file.js";
import type { Sink } from "../../src/sink.js";
import golden from "../golden/token-files.json" with { type: "json" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tokens-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** Text `i` stands for the ids `ids[i]`. */
function lookup(vocabSize: number, ids: readonly number[][]): ShardTokenizer {
  return {
    vocabSize,
    encodeOrdinary: (text) => ids[+text]!,
    specialTokens: new Map([["<|endoftext|>", 0]]),
  };
}
async function write(sink: Sink, documents: number, task = { rank: 3, world: 4 }) {
  const writer = await sink.open(task);
  for (let i = 0; i < documents; i++) await writer.write({ id: `${i}`, text: `${i}`, meta: {} });
  expect(readdirSync(folder).every((name) => name.endsWith(".part"))).toBe(true);
  return writer.close();
}
async function read(path: string, separator?: number) {
  const documents: number[][] = [];
  for await (const ids of readTokens(path, { separator })) documents.push([...ids]);
  return documents;
}

test.each(golden.cases)("datatrove's files, byte for byte, vocabulary $vocabSize", async (wanted) => {
  const tokenizer = lookup(wanted.vocabSize, wanted.ids);
  const sink = writeDs(tokenizer, folder, { tokenizerName: "t.json" });
  expect(await write(sink, wanted.ids.length)).toEqual([
    "00003_unshuffled.ds",
    "00003_unshuffled.ds.index",
    "00003_unshuffled.ds.metadata",
  ]);
  for (const [name, base64] of Object.entries(wanted.files))
    expect(readFileSync(at(name)).toString("base64")).toBe(base64);
  expect(readFileSync(at("00003_unshuffled.ds.metadata"), "utf8")).toBe(wanted.metadata);
  expect(await read(at("00003_unshuffled.ds"))).toEqual(wanted.ids.map((ids) => [...ids, 0]));
});

test("counts of tokens are written as datatrove writes them", () => {
  for (const [count, text] of golden.metric) expect(metric(count as number, "T")).toBe(text);
});

const ids = [[1, 2], [], [3, 65_535], Array.from({ length: 600_000 }, (_, i) => 1 + (i % 1000))];

test("nanoGPT's file is the ids, and is cut where the separator ends a document", async () => {
  expect(await write(writeNanogpt(lookup(65_536, ids), folder), 4, { rank: 0, world: 1 })).toEqual([
    "00000.bin",
  ]);
  const bytes = readFileSync(at("00000.bin"));
  expect(bytes.subarray(0, 14).toString("hex")).toBe("0100020000000000" + "0300ffff0000");
  expect(bytes).toHaveLength(2 * (600_000 + 4 + 4));
  expect(await read(at("00000.bin"), 0)).toEqual(ids.map((document) => [...document, 0]));
  expect(() => writeNanogpt(lookup(65_537, []), folder)).toThrow(TokenError);
});

test.each([
  [65_536, "88d8340101000000", 2],
  [128_256, "a1d9340107000000", 4],
])(
  "llm.c's file for a vocabulary of %s has its header, and the separator begins a document",
  async (vocabSize, magic, width) => {
    await write(writeLlmc(lookup(vocabSize, ids), folder), 4, { rank: 0, world: 1 });
    const bytes = readFileSync(at("00000.bin"));
    expect(bytes.subarray(0, 8).toString("hex")).toBe(magic);
    expect(bytes.readInt32LE(8)).toBe(600_008);
    expect(bytes).toHaveLength(1024 + width * 600_008);
    expect(await read(at("00000.bin"), 0)).toEqual(ids.map((document) => [0, ...document]));
  },
);

test("a run that goes on from a checkpoint makes the same bytes, whatever was written after it", async () => {
  const tokenizer = lookup(65_536, ids);
  for (const make of [writeDs, writeLlmc, writeNanogpt]) {
    const [whole, broken] = [make(tokenizer, at("whole")), make(tokenizer, at("broken"))];
    const task = { rank: 0, world: 1 };
    const document = (i: number) => ({ id: "", text: `${i % 4}`, meta: {} });
    const reference = await whole.open(task);
    for (let i = 0; i < 6; i++) await reference.write(document(i));
    const names = await reference.close();
    const first = await broken.open(task);
    for (let i = 0; i < 4; i++) await first.write(document(i));
    const state = JSON.parse(JSON.stringify(await first.checkpoint!()));
    for (let i = 0; i < 50; i++) await first.write(document(2));
    await first.abort();
    const second = await broken.open(task, state);
    for (let i = 4; i < 6; i++) await second.write(document(i));
    // A kill between the last write and the end of the task: it goes on from the same checkpoint once more.
    await second.close();
    const third = await broken.open(task, state);
    for (let i = 4; i < 6; i++) await third.write(document(i));
    expect(await third.close()).toEqual(names);
    for (const name of names)
      expect(readFileSync(join(at("broken"), name)).equals(readFileSync(join(at("whole"), name)))).toBe(true);
    rmSync(at("whole"), { recursive: true });
    rmSync(at("broken"), { recursive: true });
  }
});

test("a file that is cut short or contradicts its companions is refused with the reason", async () => {
  await write(writeDs(lookup(65_536, ids), folder), 3);
  const ds = at("00003_unshuffled.ds");
  writeFileSync(ds, readFileSync(ds).subarray(0, -2));
  await expect(read(ds)).rejects.toThrow(/holds 6 tokens, .* ends at 7/);
  writeFileSync(ds, readFileSync(ds).subarray(0, -1));
  await expect(read(ds)).rejects.toThrow(TokenFileError);
  const llmc = writeLlmc(lookup(65_536, ids), at("llmc"));
  const writer = await llmc.open({ rank: 0, world: 1 });
  await writer.write({ id: "", text: "0", meta: {} });
  await writer.close();
  const bin = at("llmc/00000.bin");
  writeFileSync(bin, readFileSync(bin).subarray(0, -2));
  await expect(read(bin)).rejects.toThrow("holds 2 tokens, its header says 3");
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ShardTokenizer } from "../../src/shards/encode.js";
import { ResumeError } from "../../src/shards/file.js";
import { ManifestError, mergeManifests, readManifest } from "../../src/shards/manifest.js";
import { readTokens } from "../../src/shards/read.js";
import { writeTokens } from "../../src/shards/write.js";

const tokenizer: ShardTokenizer = {
  vocabSize: 300,
  encodeOrdinary: (text) => Array.from(text, (char) => char.codePointAt(0)!),
  specialTokens: new Map([["<|endoftext|>", 299]]),
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shards-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const files = () => readdirSync(folder).sort();
const contents = () =>
  Object.fromEntries(files().map((name) => [name, readFileSync(join(folder, name), "hex")]));
const document = (text: string) => ({ id: "", text, meta: {} });
const options = { shardTokens: 6 };
const texts = ["ab", "cde", "", "f", "ghijkl", "m"];

test("a task that is the only one writes what writeTokens writes over documents", async () => {
  await writeTokens(tokenizer, texts.map(document), folder, options);
  const wanted = contents();
  const writer = await writeTokens(tokenizer, join(folder, "sink"), options).open({ rank: 0, world: 1 });
  for (const text of texts) await writer.write(document(text));
  const names = await writer.close();
  folder = join(folder, "sink");
  expect([...names].sort()).toEqual(files());
  expect(contents()).toEqual(wanted);
  folder = join(folder, "..");
});

test("it goes on from any checkpoint with the same bytes", async () => {
  await writeTokens(tokenizer, texts.map(document), folder, options);
  const wanted = contents();
  for (let stop = 0; stop <= texts.length; stop++) {
    const path = join(folder, "sink");
    const sink = writeTokens(tokenizer, path, options);
    const task = { rank: 0, world: 1 };
    const first = await sink.open(task);
    for (const text of texts.slice(0, stop)) await first.write(document(text));
    const state = JSON.parse(JSON.stringify(await first.checkpoint!()));
    for (const text of ["later", "and lost"]) await first.write(document(text));
    await first.abort();
    // Twice: a kill at the very end goes on from the same checkpoint.
    for (let round = 0; round < 2; round++) {
      const second = await sink.open(task, state);
      for (const text of texts.slice(stop)) await second.write(document(text));
      await second.close();
    }
    folder = path;
    expect(contents()).toEqual(wanted);
    folder = join(folder, "..");
    rmSync(path, { recursive: true });
  }
});

test("several tasks share a folder, and their manifests are joined when all are done", async () => {
  const sink = writeTokens(tokenizer, folder, options);
  const write = async (rank: number) => {
    const writer = await sink.open({ rank, world: 2 });
    for (const text of texts.slice(3 * rank, 3 * rank + 3)) await writer.write(document(text));
    return writer.close();
  };
  await write(1);
  await expect(mergeManifests(folder)).rejects.toThrow("no manifest of task 0 of 2");
  await write(0);
  const merged = await mergeManifests(folder);
  expect(await readManifest(folder)).toEqual(merged);
  expect(merged.shards.map(({ tokens }) => tokens)).toEqual([
    "00000_00000.tokens",
    "00000_00001.tokens",
    "00001_00000.tokens",
    "00001_00001.tokens",
  ]);
  const read: string[] = [];
  for await (const ids of readTokens(folder)) read.push(String.fromCodePoint(...ids.slice(0, -1)));
  expect(read).toEqual(texts);
  await write(1);
  await expect(readManifest(folder)).rejects.toThrow(ManifestError);
});

test("a checkpoint whose bytes are gone is refused", async () => {
  const sink = writeTokens(tokenizer, folder, options);
  const first = await sink.open({ rank: 0, world: 1 });
  await first.write(document("abc"));
  const state = await first.checkpoint!();
  await first.abort();
  for (const name of files()) rmSync(join(folder, name));
  await expect(sink.open({ rank: 0, world: 1 }, state)).rejects.toThrow(ResumeError);
});

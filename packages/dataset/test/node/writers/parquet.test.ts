import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readFiles, writeParquet } from "../../../src/node/index.js";
import { collect } from "../collect.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parquet-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const documents = Array.from({ length: 2500 }, (_, i) => ({
  id: `<urn:uuid:${i}>`,
  text: i % 7 === 0 ? "" : `Grüße ${i} 世界 😀\n`.repeat(i % 40),
  meta: {
    url: `https://a.example/${i % 100}`,
    score: i / 3,
    words: i,
    ok: i % 2 === 0,
    ...(i % 5 === 0 && { nested: { list: [1, "two", null] } }),
    ...(i % 11 === 0 && { score: "none" }),
  },
}));

test.each([
  {},
  { compression: "gzip", rowGroupSize: 1000 },
  { compression: "none", columns: { url: "STRING", score: "DOUBLE", words: "INT64", ok: "BOOLEAN" } },
] as const)("what is written is read back: %j", async (options) => {
  const writer = await writeParquet(folder, options).open({ rank: 2, world: 3 });
  for (const document of documents) await writer.write(document);
  expect(readdirSync(folder)).toEqual(["00002.parquet.part"]);
  expect(await writer.close()).toEqual(["00002.parquet"]);
  const { found, drops } = await collect(readFiles(folder));
  expect(drops).toEqual([]);
  expect(found).toEqual(documents);
});

test("an output without documents is a file without rows", async () => {
  const writer = await writeParquet(folder).open({ rank: 0, world: 1 });
  await writer.close();
  const { found, drops } = await collect(readFiles(folder));
  expect([found, drops]).toEqual([[], []]);
});

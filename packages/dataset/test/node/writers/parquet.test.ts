import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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

test.each([
  {},
  { compression: "gzip", rowGroupSize: 300 },
  { compression: "none", columns: { url: "STRING", score: "DOUBLE", words: "INT64", ok: "BOOLEAN" } },
] as const)(
  "goes on from checkpoints with the bytes of a run that was never stopped: %j",
  async (options) => {
    const task = { rank: 0, world: 1 };
    const every = 400;
    const write = async (name: string, kills: number[]) => {
      const path = join(folder, name, "00000.parquet");
      let state: Record<string, unknown> | undefined;
      for (let from = 0; !existsSync(path); ) {
        const kill = kills.shift() ?? documents.length;
        const writer = await writeParquet(join(folder, name), options).open(task, state);
        for (let i = from; i < kill; i++) {
          await writer.write(documents[i]!);
          if ((i + 1) % every > 0) continue;
          // As the run keeps it: JSON.
          state = JSON.parse(JSON.stringify(await writer.checkpoint!()));
          from = i + 1;
        }
        await (kill === documents.length ? writer.close() : writer.abort());
      }
      return readFileSync(path);
    };
    const whole = await write("whole", []);
    // Before the first checkpoint, twice behind the same, at one, and just before the end.
    const killed = await write("killed", [350, 900, 801, 1200, 2100, 2499]);
    expect(killed.equals(whole)).toBe(true);
    const { found, drops } = await collect(readFiles(join(folder, "killed")));
    expect(drops).toEqual([]);
    expect(found).toEqual(documents);
  },
);

test("a file does not go on with other columns, nor behind bytes that are gone", async () => {
  const task = { rank: 0, world: 1 };
  const writer = await writeParquet(folder, { columns: { url: "STRING" } }).open(task);
  await writer.write(documents[0]!);
  const state = await writer.checkpoint!();
  await writer.abort();
  await expect(writeParquet(folder).open(task, state)).rejects.toThrow(
    'begun with the columns {"url":"STRING"}',
  );
  rmSync(join(folder, "00000.parquet.part"));
  const same = writeParquet(folder, { columns: { url: "STRING" } });
  await expect(same.open(task, state)).rejects.toThrow(/begin this output anew/);
});

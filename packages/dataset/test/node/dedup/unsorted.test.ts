import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiskFullError } from "@llm/platform/durable";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appendRecords } from "../../../src/node/dedup/append-records.js";
import { compareRecords } from "../../../src/node/dedup/sort.js";
import { UnsortedRecords } from "../../../src/node/dedup/unsorted.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unsorted-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([7, 8, 40, 41, 100])(
  "%i records for each file come back sorted, whether they went to the disk or not",
  async (count) => {
    const paths = ["a", "b"].map((name) => join(folder, name));
    const records = await UnsortedRecords.create(paths, 3, 2 * 3 * 8);
    const rows = Array.from({ length: count }, (_, i) => [
      (i * 7919) >>> 3,
      i % 5 === 0 ? 0xffffffff : i % 3,
      i,
    ]);
    let spilt = 0;
    for (const row of rows) {
      for (const file of [0, 1]) {
        const isFull = records.add(file, (words, at) => words.set(file ? row : row.map((x) => x ^ 1), at));
        if (!isFull) continue;
        await records.spill(file);
        spilt++;
      }
    }
    expect(spilt).toBe(2 * Math.floor(count / 8));
    await records.writeSorted(0);
    await records.writeSorted(1);
    await records.discard();
    expect(readdirSync(folder)).toEqual(["a", "b"]);
    for (const [file, path] of paths.entries()) {
      const bytes = readFileSync(path);
      const sorted = Array.from({ length: count }, (_, i) =>
        [0, 4, 8].map((at) => bytes.readUInt32LE(12 * i + at)),
      );
      const expected = rows.map((row) => (file ? row : row.map((x) => (x ^ 1) >>> 0)));
      expected.sort((x, y) => x[1]! - y[1]! || x[0]! - y[0]! || x[2]! - y[2]!);
      expect(sorted).toEqual(expected);
    }
  },
);

test("records compare by their numbers, high words first, then by the last word", () => {
  const compare = (a: number[], b: number[]) =>
    Math.sign(compareRecords(Uint32Array.from(a), 0, Uint32Array.from(b), 0, 5));
  expect(compare([9, 1, 0, 0, 0], [0, 2, 0, 0, 0])).toBe(-1);
  expect(compare([1, 1, 5, 0, 0], [1, 1, 4, 0, 9])).toBe(1);
  expect(compare([1, 1, 5, 0, 0], [1, 1, 5, 0, 0xffffffff])).toBe(-1);
  expect(compare([1, 1, 5, 0, 3], [1, 1, 5, 0, 3])).toBe(0);
});

test.skipIf(!existsSync("/dev/full"))("a full disk is told by a typed error", async () => {
  await expect(appendRecords("/dev/full", new Uint32Array(5))).rejects.toThrow(DiskFullError);
});

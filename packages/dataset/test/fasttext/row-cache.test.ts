import { expect, test } from "vitest";
import { RowCache } from "../../src/fasttext/row-cache.js";
import { FNV_OFFSET, fnv } from "../../src/fasttext/words.js";

test("remembers the latest words with their own rows, and starts anew when it is full", () => {
  const cache = new RowCache();
  const encoder = new TextEncoder();
  const wordOf = (i: number) => {
    const bytes = encoder.encode(`<${i.toString(36).repeat(1 + (i % 5))}>`);
    return { bytes, hash: i % 97 === 0 ? 1 : bytes.reduce(fnv, FNV_OFFSET) }; // some share a hash
  };
  const rowsOf = (i: number) => {
    const { bytes, hash } = wordOf(i);
    const entry = cache.find(bytes, 1, bytes.length - 1, hash);
    return entry < 0 ? undefined : [...cache.rows.subarray(cache.rowStart(entry), cache.rowEnd(entry))];
  };
  const all = 70_000;
  const step = 29; // fewer of those that share a hash
  for (let i = 1; i < all * step; i += step) {
    const { bytes, hash } = wordOf(i);
    const rows = Int32Array.from({ length: 2 + (i % 40) }, (_, k) => i + k);
    cache.add(bytes, 1, bytes.length - 1, hash, rows, 1, rows.length);
    if (i % 100 === 1) expect(rowsOf(i)).toEqual([...rows.subarray(1)]);
  }
  let known = 0;
  for (let i = 1; i < all * step; i += step) {
    const rows = rowsOf(i);
    if (!rows) continue;
    known++;
    if (rows[0] !== i + 1 || rows.length !== 1 + (i % 40)) expect(rows, `${i}`).toEqual([]);
  }
  expect(known).toBeGreaterThan(100);
  expect(rowsOf(1)).toBeUndefined();
});

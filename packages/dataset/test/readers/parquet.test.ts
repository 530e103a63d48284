import { expect, test } from "vitest";
import { readParquet } from "../../src/index.js";
import golden from "../golden/files.json" with { type: "json" };
import { collect } from "../node/collect.js";

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const access = (bytes: Uint8Array) => ({
  byteLength: bytes.length,
  slice: (start: number, end?: number) => bytes.slice(start, end).buffer as ArrayBuffer,
});
const { rows, files } = golden.parquet;

test.each(Object.entries(files))("rows of a file that pyarrow wrote: %s", async (_, base64) => {
  const { found, drops } = await collect(readParquet(access(bytesOf(base64))));
  expect(found).toEqual(rows);
  expect(drops).toEqual([]);
});

test("other columns can be text and id; a row without text is dropped", async () => {
  const options = { textField: "maybe", idField: "token_count", name: "f" };
  const { found, drops } = await collect(readParquet(access(bytesOf(files.snappy)), options));
  expect(found.map(({ id, text }) => [id, text])).toEqual(
    rows.filter((_, i) => i % 2 === 0).map((_, i) => [`${2 * i}`, "there"]),
  );
  expect(drops).toEqual(rows.filter((_, i) => i % 2 === 1).map((_, i) => `f:${2 * i + 2} no_text`));
});

test("only what is needed of the file is read", async () => {
  const bytes = bytesOf(files.none);
  let largest = 0;
  const file = access(bytes);
  const slice = (start: number, end = bytes.length) => {
    if (start > 0 && end < bytes.length - 8) largest = Math.max(largest, end - start);
    return file.slice(start, end);
  };
  // The whole of a small file is read for its footer; a large one is not.
  await collect(readParquet({ byteLength: bytes.length, slice }));
  expect(largest).toBeLessThan(bytes.length / 2);
});

test("what is no Parquet file is one drop, a damaged row group one for each of its rows", async () => {
  expect((await collect(readParquet(access(Buffer.from("no parquet at all"))))).drops).toEqual([
    "parquet invalid_parquet",
  ]);
  const bytes = bytesOf(files.snappy);
  expect((await collect(readParquet(access(bytes.subarray(0, 5000))))).drops).toEqual([
    "parquet invalid_parquet",
  ]);
  bytes.fill(0xff, 10, 60);
  const { found, drops } = await collect(readParquet(access(bytes), { name: "f" }));
  expect(drops).toEqual([1, 2, 3, 4, 5, 6, 7].map((row) => `f:${row} corrupt_row_group`));
  expect(found).toEqual(rows.slice(7));
});

test("bytes flipped anywhere end in documents and drops, never in a crash or a hang", async () => {
  const whole = bytesOf(files.zstd);
  for (let seed = 1; seed <= 150; seed++) {
    const bytes = whole.slice();
    for (let i = 0; i < 3; i++) bytes[(seed * 7919 + i * 104_729) % bytes.length]! ^= 1 + (seed % 255);
    const { stats } = await collect(readParquet(access(bytes)));
    expect(stats!.in).toBeGreaterThan(0);
  }
});

test("a file that cannot be read is an error and no drop", async () => {
  const slice = () => Promise.reject(new Error("the disk is gone"));
  await expect(collect(readParquet({ byteLength: 5000, slice }))).rejects.toThrow("the disk is gone");
});

test("a column without values is read, whatever its compression: here LZ4's, with a dictionary of no bytes", async () => {
  // pyarrow.parquet.write_table({"text": ["one", "two"], "none": [None, None]}, compression="lz4", store_schema=False, write_statistics=False)
  const lz4 =
    "UEFSMRUEFRwVHkwVBBUAEgAA4AMAAABvbmUDAAAAdHdvFQAVEhUULBUEFRAVBhUGHAAAAJACAAAABAEBAwIVBBUAFQJMFQAVABIAAAAVABUOFRAsFQQVEBUGFQYcAAAAcAIAAAAEAAAVBBk8NQAYBnNjaGVtYRUEABUMJQIYBHRleHQlAEwcAAAAFQwlAhgEbm9uZSUATBwAAAAWBBkcGSwmABwVDBk1AAYQGRgEdGV4dBUOFgQWcBZ0JkImCCksFQQVABUCABUAFRAVAgA8FgwZBhkmAAQAAAAmABwVDBk1AAYQGRgEbm9uZRUOFgQWUBZUJpoBJnwpLBUEFQAVAgAVABUQFQIAPBYAGQYZJgQAAAAAFsABFgQmCBbIAQAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGSwcAAAcAAAA4gAAAFBBUjE=";
  const { found, drops } = await collect(readParquet(access(bytesOf(lz4)), { name: "f" }));
  expect(found).toEqual([
    { id: "f:1", text: "one", meta: {} },
    { id: "f:2", text: "two", meta: {} },
  ]);
  expect(drops).toEqual([]);
});

import { expect, test } from "vitest";
import { readCsv } from "../../src/index.js";
import golden from "../golden/files.json" with { type: "json" };
import { collect } from "../node/collect.js";

const { rows, files } = golden.csv;
const pieces = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

test.each(Object.entries(files))(
  "rows of a file that Python wrote, in pieces of any size: %j",
  async (name, base64) => {
    const bytes = Buffer.from(base64, "base64");
    const options = { delimiter: name.endsWith(".tsv") ? "\t" : "," };
    for (const size of [1, 2, 7, 1000]) {
      const { found, drops } = await collect(readCsv(pieces(bytes, size), options));
      expect(found).toEqual(rows.map(([text, id, note]) => ({ id, text, meta: { note } })));
      expect(drops).toEqual([]);
    }
  },
);

test("a byte order mark, empty lines and no line break at the end", async () => {
  const { found } = await collect(
    readCsv('\ufeffbody,url\n\n"a\nb",u\n\nlast,v', { textField: "body", name: "f" }),
  );
  expect(found).toEqual([
    { id: "f:1", text: "a\nb", meta: { url: "u" } },
    { id: "f:2", text: "last", meta: { url: "v" } },
  ]);
});

test("a row that cannot be read is dropped with a reason, and reading goes on", async () => {
  const bytes = Buffer.concat([
    Buffer.from('text,url\nfine,u\ntoo,many,fields\n"bad"quote,u\nno'),
    Buffer.from([0xff]),
    Buffer.from(",u\nfew\nlast,v\n"),
  ]);
  for (const size of [1, 5, 1000]) {
    const { found, drops } = await collect(readCsv(pieces(bytes, size)));
    expect(found.map(({ text }) => text)).toEqual(["fine", "last"]);
    expect(drops).toEqual([
      "csv:2 field_count",
      "csv:3 bad_quotes",
      "csv:4 invalid_utf8",
      "csv:5 field_count",
    ]);
  }
});

test("a quote that is never closed costs its line, not the file", async () => {
  const lines = Array.from({ length: 100 }, (_, i) => (i === 40 ? '"open,u' : `text ${i},u`));
  const text = `text,url\n${lines.join("\n")}\n`;
  for (const source of [text, pieces(Buffer.from(text), 50)]) {
    const { found, drops } = await collect(readCsv(source));
    expect(drops).toEqual(["csv:41 bad_quotes"]);
    expect(found).toHaveLength(99);
    const long = await collect(readCsv(source, { maxLength: 500 }));
    expect([long.found.length, long.drops[0]]).toEqual([99, "csv:41 row_too_long"]);
  }
});

test("a file full of open quotes takes no time that grows with its square", async () => {
  const text = `text\n${'"open\n'.repeat(300_000)}`;
  const start = performance.now();
  const { found, drops } = await collect(readCsv(pieces(Buffer.from(text), 65_536), { maxLength: 100_000 }));
  expect(found.length + drops.length).toBeGreaterThan(1);
  expect(performance.now() - start).toBeLessThan(20_000);
});

test("without a header there is nothing", async () => {
  expect((await collect(readCsv(""))).found).toEqual([]);
  expect((await collect(readCsv("text\n"))).found).toEqual([]);
});

test.each(["\r", "\r\n", "\n"])("lines that end in %j, in pieces of any size", async (end) => {
  const csv = ['"a ""text""",id', '"two\nlines, and\ra third",1', "plain,2", "", '"open,3']
    .join(end)
    .replace('a ""text""', "text");
  for (const size of [1, 3, 1000]) {
    const { found, drops } = await collect(readCsv(pieces(new TextEncoder().encode(csv + end), size)));
    expect(found).toEqual([
      { id: "1", text: "two\nlines, and\ra third", meta: {} },
      { id: "2", text: "plain", meta: {} },
    ]);
    expect(drops).toEqual(["csv:3 bad_quotes"]);
  }
});

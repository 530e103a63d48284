import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Document } from "../../src/document.js";
import { pipeline } from "../../src/pipeline.js";
import { Inflate } from "../../src/warc/inflate.js";
import { readWarc } from "../../src/warc/read.js";
import { writeWarc } from "../../src/warc/write.js";

const folder = join(
  process.env["LLM_DATA"] ?? new URL("../../../../../shared/data", import.meta.url).pathname,
  "warc",
);
const hasData = existsSync(folder);
if (!hasData) console.warn(`skipped: no WARC files at ${folder}`);

function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
async function read(bytes: Uint8Array, size = 777) {
  const running = pipeline(readWarc(() => pieces(bytes, size)));
  const documents: Document[] = [];
  for await (const document of running.docs()) documents.push(document);
  return { documents, dropped: running.stats()[0]!.dropped };
}
function record(body: Uint8Array | string, http = "Content-Type: text/html", length?: number) {
  const block = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${http}\r\n\r\n`), Buffer.from(body)]);
  const head = `WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: ${length ?? block.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), block, Buffer.from("\r\n\r\n")]);
}
const html = "<html><p>Grüße, 世界</p></html>";

test.each([0, 1, 6, 9])("inflates what zlib deflates at level %s, in pieces of any size", (level) => {
  const text = Buffer.from(
    Array.from({ length: 60_000 }, (_, i) => ((i * i * 31) % 251) ^ (i >> 7))
      .join(" ")
      .slice(0, 150_000),
  );
  const packed = Buffer.concat([deflateRawSync(text, { level }), Buffer.from("trailing")]);
  for (const size of [1, 13, 4096, packed.length]) {
    const inflate = new Inflate();
    const out: Uint8Array[] = [];
    const given = [...pieces(packed, size)];
    let used = 0;
    for (; used < given.length && !inflate.done; used++) {
      inflate.feed(given[used]!);
      for (let bytes = inflate.read(); bytes; bytes = inflate.read()) out.push(bytes);
    }
    expect(Buffer.concat(out).equals(text)).toBe(true);
    expect(Buffer.concat([inflate.rest(), ...given.slice(used)]).toString()).toBe("trailing");
  }
});

test("inflates whatever bits of a block's header a piece ends in", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let round = 0; round < 60; round++) {
    const letters = 2 + Math.floor(random() * 60);
    const text = Buffer.from(
      Array.from({ length: 1200 }, () => 97 + Math.floor(random() * random() * letters)),
    );
    const packed = deflateRawSync(text);
    for (let cut = 1; cut < 90; cut++) {
      const inflate = new Inflate();
      const out: Uint8Array[] = [];
      for (const part of [packed.subarray(0, cut), packed.subarray(cut)]) {
        inflate.feed(part);
        for (let bytes = inflate.read(); bytes; bytes = inflate.read()) out.push(bytes);
      }
      expect(Buffer.concat(out).equals(text)).toBe(true);
    }
  }
});

test.skipIf(!hasData).each([
  ["example.warc", 1, { record_type: 1 }],
  ["example.warc.gz", 1, { record_type: 1 }],
  ["example-bad-non-chunked.warc.gz", 1, { record_type: 1 }],
  ["example-bad.warc.gz.bad", 1, { record_type: 1, http_status: 1 }],
  ["example-digest.warc", 0, {}],
  ["example-iana.org-chunked.warc", 1, {}],
  ["example-resource.warc.gz", 0, { record_type: 1 }],
  ["example-space-in-target-uri.warc.gz", 0, { record_type: 1 }],
  ["example-trunc.warc", 1, { bad_record_header: 1 }],
  ["example-wget-bad-target-uri.warc.gz", 1, { record_type: 2 }],
  ["example-wrong-chunks.warc.gz", 1, {}],
  ["post-test.warc.gz", 0, { media_type: 3 }],
])("%s: %s pages, the rest counted by reason", async (file, pages, reasons) => {
  for (const size of [1, 777, 1 << 20]) {
    const { documents, dropped } = await read(readFileSync(join(folder, file)), size);
    expect(documents).toHaveLength(pages);
    expect(dropped).toEqual(reasons);
    for (const { text, meta } of documents) {
      expect(meta["url"]).toMatch(/^http:\/\/(?:example\.com|www\.iana\.org)/);
      expect(text.trimEnd()).toMatch(/<\/html>$/);
    }
  }
});

test.each([
  ["gzip", gzipSync(html)],
  ["deflate", deflateSync(html)],
  ["deflate", deflateRawSync(html)],
  ["br", brotliCompressSync(html)],
  ["zstd", Buffer.from("KLUv/SQjGQEAPGh0bWw+PHA+R3LDvMOfZSwg5LiW55WMPC9wPjwvaHRtbD5B5HDG", "base64")],
  ["gzip", Buffer.from(html)],
  ["zstd", Buffer.from(html)],
])("content encoding %s, also where the body is stored without it", async (encoding, body) => {
  const { documents } = await read(record(body, `Content-Encoding: ${encoding}`));
  expect(documents.map(({ text }) => text)).toEqual([html]);
});

test("chunked bodies are joined, stored joined are kept, broken are dropped", async () => {
  const chunked = "Transfer-Encoding: chunked";
  const pages = [
    record("6;x=y\r\n<html>\r\n2\r\nok\r\n0\r\n\r\n", chunked),
    record("<html>joined", chunked),
    record("6\r\n<html>\r\nzz\r\n", chunked),
  ];
  const { documents, dropped } = await read(Buffer.concat(pages));
  expect(documents.map(({ text }) => text)).toEqual(["<html>ok", "<html>joined"]);
  expect(dropped).toEqual({ bad_chunks: 1 });
});

test.each([
  [
    "windows-1251",
    Buffer.from([0x3c, 0x70, 0x3e, 0xcf, 0xf0, 0xe8]),
    "Content-Type: text/html; charset=windows-1251",
    "<p>При",
  ],
  [
    "shift_jis",
    Buffer.concat([Buffer.from('<html><meta charset="Shift_JIS">'), Buffer.from([0x83, 0x65])]),
    "A: b",
    '<html><meta charset="Shift_JIS">テ',
  ],
  [
    "windows-1252",
    Buffer.concat([Buffer.from("<p>un petit caf"), Buffer.from([0xe9])]),
    "A: b",
    "<p>un petit café",
  ],
])("text in %s", async (charset, body, http, text) => {
  const { documents } = await read(record(body, http));
  expect(documents[0]).toMatchObject({ text, meta: { charset, mediaType: "text/html" } });
});

test("a damaged gzip member is dropped with a reason, and reading goes on after it", async () => {
  const members = ["one", "two", "three"].map((name) => gzipSync(record(`<html>${name}`)));
  const wrongSum = Buffer.from(members[1]!);
  wrongSum[wrongSum.length - 6]! ^= 1;
  const { documents, dropped } = await read(Buffer.concat([members[0]!, wrongSum, members[2]!]));
  expect(documents.map(({ text }) => text)).toEqual(["<html>one", "<html>three"]);
  expect(dropped).toEqual({ corrupt_gzip: 1 });
  // Where the damage gives not a byte, what was whole before it is kept all the same.
  for (const [at, byte] of [
    [3, 0xff],
    [3, 0x04],
    [12, 0xff],
    [30, 0xff],
  ] as const) {
    const broken = Buffer.from(members[1]!);
    broken.fill(byte, at, at + 20);
    const around = await read(Buffer.concat([members[0]!, broken, members[2]!]));
    expect(around.documents.map(({ text }) => text)).toEqual(["<html>one", "<html>three"]);
    expect(Object.values(around.dropped)).toEqual([1]);
  }
  const cut = await read(Buffer.concat([members[0]!, members[1]!.subarray(0, 60)]));
  expect(cut.documents).toHaveLength(1);
  expect(cut.dropped).toEqual({ truncated_gzip: 1 });
});

test("a bad header and a record that ends early are dropped with reasons", async () => {
  const bad = Buffer.from("WARC/1.0\r\nContent-Length: many\r\n\r\njunk\r\n\r\n");
  const { documents, dropped } = await read(
    Buffer.concat([bad, record("<html>good"), record("<html>short", "A: b", 9999)]),
  );
  expect(documents.map(({ text }) => text)).toEqual(["<html>good"]);
  expect(dropped).toEqual({ bad_record_header: 1, truncated_record: 1 });
});

test("what is written is read back, a member a page, the same bytes every time", async () => {
  const pages = [
    { url: "https://a.example/", html, date: "2020-01-02T03:04:05Z" },
    { url: "https://b.example/", html: "<html>b" },
  ];
  const write = async () => {
    const members: Uint8Array[] = [];
    for await (const member of writeWarc(pages)) members.push(member);
    return members;
  };
  const members = await write();
  expect(members).toHaveLength(2);
  expect(await write()).toEqual(members);
  const { documents } = await read(Buffer.concat(members));
  expect(documents.map(({ text, meta }) => [meta["url"], text])).toEqual(
    pages.map((page) => [page.url, page.html]),
  );
  expect(documents[0]!.meta["date"]).toBe("2020-01-02T03:04:05Z");
});

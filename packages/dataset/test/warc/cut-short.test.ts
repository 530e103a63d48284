import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Document } from "../../src/document.js";
import { pipeline } from "../../src/pipeline.js";
import { readWarc, type WarcOptions } from "../../src/warc/read.js";
import { writeWarc } from "../../src/warc/write.js";

const bytes = (text: string) => Buffer.from(text, "latin1");

async function read(file: Uint8Array, options?: WarcOptions) {
  const running = pipeline(readWarc(file, options));
  const documents: Document[] = [];
  for await (const document of running.docs()) documents.push(document);
  return {
    documents,
    texts: documents.map(({ text }) => text),
    truncated: documents.map(({ meta }) => meta["truncated"]),
    dropped: running.stats()[0]!.dropped,
  };
}
function message(body: Uint8Array | string, fields = "Content-Type: text/html", status = "HTTP/1.1 200 OK") {
  return Buffer.concat([
    bytes(`${status}\r\n${fields}\r\n\r\n`),
    typeof body === "string" ? bytes(body) : body,
  ]);
}
function record(block: Uint8Array, length = block.length, fields = "") {
  const head = `WARC/1.0\r\nWARC-Type: response\r\n${fields}Content-Length: ${length}\r\n\r\n`;
  return Buffer.concat([bytes(head), block, bytes("\r\n\r\n")]);
}
const page = `<html>${Array.from({ length: 2000 }, (_, i) => `<p>${(i * 7919) % 10_007} words`).join("")}`;
/** Nothing repeats in it, so that compressed data which is cut off still holds much. */
const html = `${page}</html>`;
// Python: zstandard.ZstdCompressor(write_checksum=True).compress(b"<html>" + b"".join(b"<p>%d words" % (i * 7919 % 10007) for i in range(40)))
const zstdPage = `<html>${Array.from({ length: 40 }, (_, i) => `<p>${(i * 7919) % 10_007} words`).join("")}`;
const zstd = Buffer.from(
  "KLUv/WQIAVUFAFKKGhawJcUGANiGCSYIN3FEsZS0U6ZU3pJ5BGNwFIZh2YgYmfVXJefOkESipb+e3VPF+qbahXcjdCe9TflkZktEV6jK5Gb/jVxXWj6dI6KRIe3osr732TXsOTTf3AsBQTAGR2GQQkAUAQIDAEQmINBT4astNtnDHnsUUsge99jjFLLeo5BCCtlDIYVYIaqN9yhEIVPIauNCClFIIYUUUshCCimkEFpIKEgTUF343A==",
  "base64",
);

test.each([
  ["gzip", gzipSync(html), html],
  ["x-gzip", gzipSync(html), html],
  ["deflate", deflateSync(html), html],
  ["deflate", deflateRawSync(html), html],
  ["br", brotliCompressSync(html), html],
  ["zstd", zstd, zstdPage],
])("bytes behind a %s body do not count", async (coding, body, whole) => {
  for (const behind of [
    "\r\n",
    "<!-- cached -->",
    "\0\0\0\0",
    "\x1f",
    "trailing bytes, many of them".repeat(9),
  ]) {
    const found = await read(
      record(message(Buffer.concat([body, bytes(behind)]), `Content-Encoding: ${coding}`)),
    );
    expect(found.texts).toEqual([whole]);
    expect(found.truncated).toEqual([undefined]);
  }
});

test.each([
  ["gzip", gzipSync(html)],
  ["deflate", deflateSync(html)],
  ["deflate", deflateRawSync(html)],
  ["br", brotliCompressSync(html)],
])(
  "a %s body that is cut short gives what is there, marked, or is dropped by option",
  async (coding, body) => {
    for (const part of [0.9, 0.6]) {
      const cut = record(
        message(
          body.subarray(0, body.length * part),
          `Content-Type: text/html\r\nContent-Encoding: ${coding}`,
        ),
      );
      const { texts, truncated } = await read(cut);
      expect(texts[0]!.length).toBeGreaterThan(coding === "br" ? 0 : html.length * (part - 0.1));
      expect(html.startsWith(texts[0]!)).toBe(true);
      expect(truncated).toEqual([coding]);
      const dropping = await read(cut, { truncated: "drop" });
      expect([dropping.texts, dropping.dropped]).toEqual([[], { truncated_body: 1 }]);
    }
  },
);

test("a zstd body: its checksum is verified, and a cut is seen", async () => {
  const fields = "Content-Type: text/html\r\nContent-Encoding: zstd";
  expect((await read(record(message(zstd, fields)))).texts).toEqual([zstdPage]);
  const wrong = Buffer.from(zstd);
  wrong[wrong.length - 1]! ^= 1;
  expect((await read(record(message(wrong, fields)))).dropped).toEqual({ bad_content_encoding: 1 });
  // All is there but the checksum.
  const cut = await read(record(message(zstd.subarray(0, -2), fields)));
  expect([cut.texts, cut.truncated]).toEqual([[zstdPage], ["zstd"]]);
  const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const frames = Buffer.concat([zstd, skippable, zstd]);
  expect((await read(record(message(frames, fields)))).texts).toEqual([zstdPage + zstdPage]);
});

test("a gzip body without its last bytes is whole and says that it is cut; a damaged one is dropped", async () => {
  const packed = gzipSync(html);
  const fields = "Content-Encoding: gzip";
  for (const cut of [1, 4, 8]) {
    const found = await read(record(message(packed.subarray(0, -cut), fields)));
    expect([found.texts, found.truncated]).toEqual([[html], ["gzip"]]);
  }
  const bad = Buffer.from(packed);
  bad.fill(0xff, 300, 340);
  expect((await read(record(message(bad, fields)))).dropped).toEqual({ bad_content_encoding: 1 });
});

test.each([
  ["inside a chunk", "6\r\n<html>\r\n20\r\n<p>cut", "<html><p>cut"],
  ["behind a chunk", "6\r\n<html>\r\n", "<html>"],
  ["behind a chunk's bytes", "6\r\n<html>", "<html>"],
  ["inside its line break", "6\r\n<html>\r", "<html>"],
  ["inside a size", "6\r\n<html>\r\n2", "<html>"],
])("a chunked body that ends %s", async (_, body, text) => {
  const found = await read(record(message(body, "Transfer-Encoding: chunked")));
  expect([found.texts, found.truncated]).toEqual([[text], ["chunked"]]);
});

test("chunks of a gzip body, cut, and bodies shorter than Content-Length or marked by the crawler", async () => {
  const packed = gzipSync(html);
  const chunked = Buffer.concat([bytes(`${packed.length.toString(16)}\r\n`), packed.subarray(0, 3000)]);
  const fields = "Transfer-Encoding: chunked\r\nContent-Encoding: gzip";
  const { texts, truncated } = await read(record(message(chunked, fields)));
  expect(html.startsWith(texts[0]!) && texts[0]!.length > 2000).toBe(true);
  expect(truncated).toEqual(["gzip"]);
  const short = message("<html>short", "Content-Length: 900");
  const exact = message("<html>exact", "Content-Length: 11");
  // Stored decoded under the length of the compressed body.
  const longer = message("<html>longer", "Content-Length: 5");
  const marked = record(message("<html>marked"), undefined, "WARC-Truncated: time\r\n");
  const found = await read(Buffer.concat([record(short), record(exact), record(longer), marked]));
  expect(found.truncated).toEqual(["content-length", undefined, undefined, "time"]);
});

test.each([
  "utf-8",
  "none",
  "binary",
  "text/html",
  "x-unknown",
  "sdch",
  "UTF8, gzip",
  '"gzip"',
  "identity, gzip",
])("content encoding %s", async (coding) => {
  const body = coding.includes("gzip") ? gzipSync(html) : html;
  expect((await read(record(message(body, `Content-Encoding: ${coding}`)))).texts).toEqual([html]);
});

test.each([
  ["HTTP/1.1 200 OK", true],
  ["HTTP/1.1 200", true],
  ["HTTP/2 200", true],
  ["HTTP 200 OK", true],
  ["HTTP/ 200 OK", true],
  ["http/1.0  204", true],
  ["ICY 200 OK", true],
  ["200 OK", true],
  ["HTTP/1.1 OK", false],
  ["HTTP/1.1 2000", false],
  ["<html>", false],
])("status line %s", async (status, isRead) => {
  const { texts, dropped } = await read(record(message("<html>a", "Folded: a\r\n\tb\r\nA: b", status)));
  expect([texts, dropped]).toEqual(isRead ? [["<html>a"], {}] : [[], { bad_http_header: 1 }]);
});

test.each([1, 60, 5000, 100_000, 2 ** 40])(
  "a length %s too large does not take the records behind, where each has its own gzip member",
  async (more) => {
    const first = message("<html>first");
    const file = Buffer.concat(
      [
        record(first, first.length + 4 + more),
        record(message("<html>second")),
        record(message(`<html>${"third".repeat(30_000)}`)),
      ].map((block) => gzipSync(block)),
    );
    const found = await read(file);
    const isSkipped = more > 2 ** 26;
    expect(found.texts.map((text) => text.slice(0, 12))).toEqual([
      ...(isSkipped ? [] : ["<html>first"]),
      "<html>second",
      "<html>thirdt",
    ]);
    expect(found.truncated[0]).toBe(isSkipped ? undefined : "record");
    expect(found.dropped).toEqual(isSkipped ? { record_too_long: 1 } : {});
    // Behind a damaged member too.
    const damaged = gzipSync(record(message("<html>bad")));
    damaged[20]! ^= 0xff;
    const behind = await read(Buffer.concat([damaged, file]));
    expect(behind.texts.at(-1)).toMatch(/^<html>third/);
    expect(behind.documents).toHaveLength(found.documents.length);
  },
);

test("a record may go on in further gzip members", async () => {
  const whole = record(message(html));
  const parts = [whole.subarray(0, 4000), whole.subarray(4000, 9000), whole.subarray(9000)];
  const { texts, truncated } = await read(Buffer.concat(parts.map((part) => gzipSync(part))));
  expect([texts, truncated]).toEqual([[html], [undefined]]);
});

test("a file in the ARC format is named", async () => {
  const arc =
    "filedesc://a.arc 0.0.0.0 20080430204825 text/plain 69\n1 0 Alexa Internet\nURL IP-address Archive-date Content-type Archive-length\n\n" +
    "http://a.example/ 1.2.3.4 20080430204825 text/html 60\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>a\n";
  const drops: unknown[] = [];
  for (const file of [bytes(arc), gzipSync(arc)]) {
    const running = pipeline(readWarc(file));
    for await (const _ of running.docs({ onDrop: ({ verdict }) => drops.push(verdict) }));
    expect(running.stats()[0]!.dropped).toEqual({ arc_file: 1 });
  }
  expect(drops[0]).toMatchObject({
    reason: "arc_file",
    value: "ARC",
    threshold: expect.stringMatching(/warcio recompress/),
  });
});

test("pages are written as the bytes they came in", async () => {
  const pages = [
    { url: "https://a.example/", html: bytes('<html><meta charset="windows-1251"><p>\xcf\xf0\xe8') },
    {
      url: "https://b.example/",
      html: bytes("<html>\xcf\xf0\xe8"),
      contentType: "text/html; charset=koi8-r",
    },
    { url: "https://c.example/", html: "<html>Grüße" },
    { url: "https://d.example/", html: Uint8Array.from(bytes("<html>\x93caf\xe9\x94")) },
  ];
  const members: Uint8Array[] = [];
  for await (const member of writeWarc(pages)) members.push(member);
  const { documents } = await read(Buffer.concat(members));
  expect(documents.map(({ text, meta }) => [text.replace(/<[^>]*>/g, ""), meta["charset"]])).toEqual([
    ["При", "windows-1251"],
    ["оПХ", "koi8-r"],
    ["Grüße", undefined],
    ["“café”", "windows-1252"],
  ]);
});

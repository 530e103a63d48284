import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MissingPathError, RemoteFileError, readFiles } from "../../../src/node/index.js";
import { collect } from "../collect.js";
import { sendFile, serve, type TestServer } from "./server.js";

const text = "x".repeat(50_000);
const objects: Record<string, Uint8Array> = {
  "data/a.jsonl.gz": gzipSync(`{"text":"a1"}\n{"text":"a2"}\n`),
  "data/deep/b.jsonl": Buffer.from(JSON.stringify({ text })),
  "data/deep/c.md": Buffer.from("# c"),
  "data/deep/image.png": Buffer.from("no text"),
  "data/.hidden/d.md": Buffer.from("hidden"),
  "database/e.md": Buffer.from("elsewhere"),
};
let server: TestServer;
let drops = 0;
beforeEach(async () => {
  drops = 0;
  server = await serve((request, response, { pathname, searchParams }) => {
    const key = pathname.replace(/^\/bucket\/?/, "");
    if (searchParams.get("list-type") === "2") {
      // Two keys a page.
      const keys = Object.keys(objects)
        .sort()
        .filter((name) => name.startsWith(searchParams.get("prefix") ?? ""));
      const start = Number(searchParams.get("continuation-token") ?? 0);
      const contents = keys
        .slice(start, start + 2)
        .map((name) => `<Contents><Key>${name}</Key><Size>${objects[name]!.length}</Size></Contents>`);
      const next =
        start + 2 < keys.length ? `<NextContinuationToken>${start + 2}</NextContinuationToken>` : "";
      response.writeHead(200, { "content-type": "application/xml" });
      response.end(
        `<ListBucketResult><IsTruncated>${next !== ""}</IsTruncated>${contents.join("")}${next}</ListBucketResult>`,
      );
    } else if (objects[key]) {
      const dropAfter =
        key.endsWith("b.jsonl") && drops++ < 3 && request.method === "GET" ? 10_000 : undefined;
      sendFile(request, response, objects[key], dropAfter === undefined ? {} : { dropAfter });
    } else {
      response.writeHead(404, { "content-type": "application/xml" });
      response.end("<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>");
    }
  });
});
afterEach(() => server.close());
const options = () => ({
  s3: {
    endpoint: server.url,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    delay: 1,
  },
});
const ids = async (path: string) =>
  (await collect(readFiles(path, options()))).found.map(({ id }) => id.replace("s3://bucket/", ""));

test("a folder, a pattern and an object, over pages of the listing and dropped connections", async () => {
  const { found, drops: dropped } = await collect(readFiles("s3://bucket/data", options()));
  expect(found.map(({ id }) => id)).toEqual([
    "s3://bucket/data/a.jsonl.gz:1",
    "s3://bucket/data/a.jsonl.gz:2",
    "s3://bucket/data/deep/b.jsonl:1",
    "s3://bucket/data/deep/c.md",
  ]);
  expect(found[2]!.text).toBe(text);
  expect(dropped).toEqual([]);
  const ranges = server.requests.filter((line) => line.startsWith("GET /bucket/data/deep/b.jsonl"));
  expect(ranges.length).toBeGreaterThan(2);
  expect(await ids("s3://bucket/data/**/*.{md,jsonl}")).toEqual(["data/deep/b.jsonl:1", "data/deep/c.md"]);
  expect(await ids("s3://bucket/data/deep/c.md")).toEqual(["data/deep/c.md"]);
  expect(await ids("s3://bucket/*/*.md")).toEqual(["database/e.md"]);
});

test("files are listed with their sizes, and one of them can be opened alone", async () => {
  const source = readFiles("s3://bucket/data", options());
  const files = await source.files();
  expect(files.map(({ path, size }) => [path, size])).toEqual([
    ["s3://bucket/data/a.jsonl.gz", objects["data/a.jsonl.gz"]!.length],
    ["s3://bucket/data/deep/b.jsonl", objects["data/deep/b.jsonl"]!.length],
    ["s3://bucket/data/deep/c.md", 3],
  ]);
  const texts: string[] = [];
  for await (const { text } of source.open(files[0]!, { drop() {} }, { given: 1 })) texts.push(text);
  expect(texts).toEqual(["a2"]);
});

test("what is not there is an error that names it", async () => {
  await expect(ids("s3://bucket/nowhere/**")).rejects.toThrow(MissingPathError);
  const elsewhere = { s3: { ...options().s3, endpoint: "http://127.0.0.1:9", attempts: 2 } };
  await expect(collect(readFiles("s3://bucket/data", elsewhere))).rejects.toThrow(
    /ECONNREFUSED.*tried 2 times/,
  );
  const source = readFiles("s3://bucket/data", options());
  const reading = source.open({ path: "s3://bucket/gone.md", id: "gone" }, { drop() {} });
  await expect(reading[Symbol.asyncIterator]().next()).rejects.toThrow(RemoteFileError);
});

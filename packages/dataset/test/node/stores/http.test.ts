import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { RemoteFileError, readFiles } from "../../../src/node/index.js";
import { collect } from "../collect.js";
import { sendFile, serve, type TestServer } from "./server.js";

const lines = Array.from({ length: 5000 }, (_, i) => JSON.stringify({ text: `${Math.sin(i)}` }));
const file = gzipSync(lines.join("\n"));
const texts = lines.map((line) => JSON.parse(line).text);
const options = { http: { delay: 1, attempts: 4 } };
let server: TestServer;
afterEach(() => server.close());

test("a dropped connection is taken up where it broke off", async () => {
  server = await serve((request, response) => sendFile(request, response, file, { dropAfter: 20_000 }));
  const { found, drops } = await collect(readFiles(`${server.url}/a.jsonl.gz?token=x`, options));
  expect(found.map(({ text }) => text)).toEqual(texts);
  expect(found[0]!.id).toBe(`${server.url}/a.jsonl.gz:1`);
  expect(drops).toEqual([]);
  expect(server.requests.slice(0, 3)).toEqual([
    "GET /a.jsonl.gz?token=x",
    "GET /a.jsonl.gz?token=x bytes=20000-",
    "GET /a.jsonl.gz?token=x bytes=40000-",
  ]);
});

test("a server without ranges, and one that is overloaded for a while", async () => {
  let count = 0;
  server = await serve((request, response) => {
    count++;
    if (count === 2 || count === 3) response.writeHead(503).end();
    else sendFile(request, response, file, { ranges: false, ...(count === 1 && { dropAfter: 10_000 }) });
  });
  const { found } = await collect(readFiles(`${server.url}/a.jsonl.gz`, options));
  expect(found.map(({ text }) => text)).toEqual(texts);
  expect(count).toBe(4);
});

test("what is not there is an error at once, and what stays broken after some tries", async () => {
  server = await serve((request, response, { pathname }) => {
    if (pathname === "/none.jsonl") response.writeHead(404).end();
    else if (pathname === "/busy.jsonl") response.writeHead(500).end();
    else sendFile(request, response, file, { dropAfter: 0 });
  });
  const read = (name: string) => collect(readFiles(`${server.url}/${name}`, options));
  await expect(read("none.jsonl")).rejects.toThrow(/none.jsonl: the server answers 404/);
  expect(server.requests).toHaveLength(1);
  await expect(read("busy.jsonl")).rejects.toThrow(/500/);
  expect(server.requests).toHaveLength(5);
  await expect(read("broken.jsonl.gz")).rejects.toThrow(/tried 4 times/);
  expect(server.requests).toHaveLength(9);
});

test("a file that changes while it is read is not joined to what it was", async () => {
  let version = 0;
  server = await serve((request, response) =>
    sendFile(request, response, file, { dropAfter: 9000, etag: `"${version++}"` }),
  );
  const reading = collect(readFiles(`${server.url}/a.jsonl.gz`, options));
  await expect(reading).rejects.toThrow(RemoteFileError);
  await expect(reading).rejects.toThrow("changed while it was read");
});

test("a server that compresses on its way is told from a file that is damaged", async () => {
  server = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(file));
  await expect(collect(readFiles(`${server.url}/a.jsonl`, options))).rejects.toThrow("sends it as gzip");
});

test("an abort ends the waiting between tries", async () => {
  const stop = new AbortController();
  server = await serve((_, response) => {
    response.writeHead(503).end();
    setTimeout(() => stop.abort(new Error("enough")), 20);
  });
  const source = readFiles(`${server.url}/a.jsonl`, { http: { delay: 60_000 } });
  const context = { drop() {}, signal: stop.signal };
  await expect(source.read(context)[Symbol.asyncIterator]().next()).rejects.toThrow();
});

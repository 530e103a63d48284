import { afterEach, expect, test } from "vitest";
import { MissingPathError, readFiles } from "../../../src/node/index.js";
import { collect } from "../collect.js";
import { sendFile, serve, type TestServer } from "./server.js";

const files: Record<string, string> = {
  "README.md": "# card",
  "data/a b.jsonl": '{"text":"one"}\n{"text":"two"}\n',
  "data/train/c.csv": 'text,url\n"with, comma",u\n',
};
let server: TestServer;
afterEach(() => server.close());

test("files of a repository at a revision, found by pattern and read over a dropped connection", async () => {
  let tokens = 0;
  let drops = 0;
  server = await serve((request, response, { pathname }) => {
    if (request.headers.authorization === "Bearer hf_x") tokens++;
    const tree = /^\/api\/datasets\/owner\/name\/tree\/v1(?:\/(.*))?$/.exec(decodeURIComponent(pathname));
    const file = /^\/datasets\/owner\/name\/resolve\/v1\/(.*)$/.exec(decodeURIComponent(pathname))?.[1];
    if (tree) {
      const listed = Object.entries(files)
        .filter(([path]) => path.startsWith(tree[1] ?? ""))
        .map(([path, text]) => ({ type: "file", path, size: text.length, oid: "0" }));
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify([...listed, { type: "directory", path: "data/train", size: 0, oid: "0" }]));
    } else if (file && files[file])
      sendFile(request, response, Buffer.from(files[file]), drops++ === 0 ? { dropAfter: 16 } : {});
    else response.writeHead(404).end();
  });
  const hub = { hubUrl: server.url, accessToken: "hf_x", delay: 1 };
  const read = (path: string) => collect(readFiles(path, { hub }));
  const { found } = await read("hf://datasets/owner/name@v1/data/**");
  expect(found).toEqual([
    { id: "hf://datasets/owner/name@v1/data/a b.jsonl:1", text: "one", meta: {} },
    { id: "hf://datasets/owner/name@v1/data/a b.jsonl:2", text: "two", meta: {} },
    { id: "hf://datasets/owner/name@v1/data/train/c.csv:1", text: "with, comma", meta: { url: "u" } },
  ]);
  expect(tokens).toBe(server.requests.length);
  expect((await read("hf://datasets/owner/name@v1")).found[0]!.text).toBe("# card");
  expect((await read("hf://datasets/owner/name@v1/README.md")).found).toHaveLength(1);
  await expect(read("hf://datasets/owner/name@v1/*.parquet")).rejects.toThrow(MissingPathError);
  await expect(read("hf://datasets/owner/other/data")).rejects.toThrow(MissingPathError);
});

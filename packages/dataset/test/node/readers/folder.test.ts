import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Document, Drop, Source } from "../../../src/index.js";
import { pipeline, readJsonl } from "../../../src/index.js";
import {
  MissingPathError,
  NoDocumentsError,
  readFolder,
  readPath,
  writeJsonl,
} from "../../../src/node/index.js";

async function read(source: Source) {
  const drops: Drop[] = [];
  const found: Document[] = [];
  const p = pipeline(source);
  for await (const document of p.docs({ onDrop: (drop) => drops.push(drop) })) found.push(document);
  return {
    found,
    drops: drops.map(({ document, verdict }) => `${document.id} ${verdict.reason}`),
    stats: p.stats()[0],
  };
}

let folder: string;
const at = (path: string) => join(folder, path);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dataset-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("JSON Lines: ids, metadata, and a skip for every line that cannot be read", async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"text":"ä","id":"own","url":"u","metadata":{"lang":"en"}}\r\n\n{"text":"b"}\n'),
    Buffer.from([0x7b, 0xff, 0x7d, 10]),
    Buffer.from('{"text": \n["text"]\n{"text":1}\n{"text":"last"}'),
  ]);
  const whole = await read(readJsonl(bytes, { name: "f" }));
  expect(whole.found).toEqual([
    { id: "own", text: "ä", meta: { lang: "en", url: "u" } },
    { id: "f:3", text: "b", meta: {} },
    { id: "f:8", text: "last", meta: {} },
  ]);
  expect(whole.drops).toEqual(["f:4 invalid_utf8", "f:5 invalid_json", "f:6 no_text", "f:7 no_text"]);
  expect(whole.stats).toEqual({
    name: "readJsonl",
    in: 7,
    out: 3,
    dropped: { invalid_utf8: 1, invalid_json: 1, no_text: 2 },
  });
  for (const size of [1, 2, 7]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    expect(await read(readJsonl(pieces, { name: "f" }))).toEqual(whole);
  }
  expect((await read(readJsonl(new Blob([bytes]).stream(), { name: "f" }))).found).toEqual(whole.found);
});

test("a folder is read in the order of its paths, each file by its extension", async () => {
  await mkdir(at("b"));
  await mkdir(at(".git"));
  await writeFile(at("b/z.md"), "# z");
  await writeFile(at("b.txt"), "\ufeffb");
  await writeFile(at("a.HTML"), "<p>a</p>");
  await writeFile(at("c.jsonl.gz"), gzipSync('{"text":"c1"}\n{"text":"c2"}\n'));
  await writeFile(at("d.txt.gz"), Buffer.concat([gzipSync("d1"), gzipSync("d2")]));
  await writeFile(at("bad.txt"), Buffer.from("caf\xe9", "latin1"));
  await writeFile(at("image.png"), "no text");
  await writeFile(at(".git/x.txt"), "hidden");
  await symlink(at("b.txt"), at("e.txt"));
  const { found, drops } = await read(readFolder(folder));
  expect(found.map(({ id, text, meta }) => [id, text, meta["mediaType"]])).toEqual([
    ["a.HTML", "<p>a</p>", "text/html"],
    ["b.txt", "b", "text/plain"],
    ["b/z.md", "# z", "text/markdown"],
    ["c.jsonl.gz:1", "c1", undefined],
    ["c.jsonl.gz:2", "c2", undefined],
    ["d.txt.gz", "d1d2", "text/plain"],
    ["e.txt", "b", "text/plain"],
  ]);
  expect(drops).toEqual(["bad.txt invalid_utf8"]);
});

test("a truncated or corrupt gzip is a counted skip, after what could be read", async () => {
  const noise = Array.from({ length: 3000 }, (_, i) => `{"text":"${Math.sin(i)}"}\n`).join("");
  const gz = gzipSync(noise);
  await writeFile(at("cut.jsonl.gz"), gz.subarray(0, gz.length - 2000));
  await writeFile(at("not.txt.gz"), "plain text");
  await writeFile(at("whole.txt"), "fine");
  const { found, drops } = await read(readFolder(folder));
  expect(drops).toEqual(["cut.jsonl.gz truncated_gzip", "not.txt.gz corrupt_gzip"]);
  expect(found.length).toBeGreaterThan(1000);
  expect(found.at(-1)?.text).toBe("fine");
});

test("several paths and patterns, with ids that tell them apart, each file once", async () => {
  for (const name of ["x", "y", "y/deep"]) await mkdir(at(name));
  for (const name of ["x/1.md", "x/2.txt", "y/1.md", "y/deep/3.html"]) await writeFile(at(name), name);
  const ids = async (paths: string | string[]) => (await read(readFolder(paths))).found.map(({ id }) => id);
  expect(await ids([at("x"), at("y/1.md"), at("y")])).toEqual([
    "x/1.md",
    "x/2.txt",
    "y/1.md",
    "y/deep/3.html",
  ]);
  expect(await ids(at("**/*.md"))).toEqual(["x/1.md", "y/1.md"]);
  expect(await ids(at("y/**/*.{md,html}"))).toEqual(["1.md", "deep/3.html"]);
  expect(await ids(at("?/1.*"))).toEqual(["x/1.md", "y/1.md"]);
  expect(await ids(at("x/2.txt"))).toEqual(["2.txt"]);
});

test("a missing path and a folder without files are errors that say what to do", async () => {
  await expect(read(readFolder(at("nowhere")))).rejects.toThrow(MissingPathError);
  await expect(read(readFolder(at("nowhere/*.md")))).rejects.toThrow(/nothing at .*nowhere/);
  await writeFile(at("image.png"), "");
  await expect(read(readFolder(folder))).rejects.toThrow(NoDocumentsError);
  await expect(read(readFolder(folder))).rejects.toThrow(/\.jsonl/);
  expect(() => readPath(at("image.png"))).toThrow(NoDocumentsError);
});

test("what is written can be read, and appears only when it is whole", async () => {
  const written = [
    { id: "a", text: "line\nline", meta: { url: "u" } },
    { id: "b", text: "😀", meta: {} },
  ];
  expect(await writeJsonl(pipeline(written).docs(), at("out.jsonl.gz"))).toBe(2);
  expect(
    gunzipSync(await readFile(at("out.jsonl.gz")))
      .toString()
      .split("\n").length,
  ).toBe(3);
  expect((await read(readPath(at("out.jsonl.gz")))).found).toEqual(written);
  const failing = (async function* () {
    yield written[0]!;
    throw new Error("source failed");
  })();
  await expect(writeJsonl(failing, at("half.jsonl"))).rejects.toThrow("source failed");
  expect(await readdir(folder)).toEqual(["out.jsonl.gz"]);
});

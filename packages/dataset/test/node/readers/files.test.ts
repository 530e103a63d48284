import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Document, readJsonl, writeWarc } from "../../../src/index.js";
import { readFiles, writeJsonl } from "../../../src/node/index.js";
import golden from "../../golden/files.json" with { type: "json" };
import { collect } from "../collect.js";

let folder: string;
const at = (path: string) => join(folder, path);
const bytesOf = (base64: string) => Buffer.from(base64, "base64");
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "files-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A file of each kind; the drops in it are by design. */
async function fill() {
  await mkdir(at("deep"));
  await writeFile(at("a.parquet"), bytesOf(golden.parquet.files.snappy));
  await writeFile(at("b.csv"), 'text,url\none,u\ntwo,u,v\n"th\nree",u\n');
  await writeFile(at("c.tsv.gz"), gzipSync("text\turl\none\tu\ntwo\tv\n"));
  await writeFile(at("deep/d.jsonl.zst"), bytesOf(golden.zstd.files["two frames, checksums"]));
  await writeFile(at("deep/e.jsonl"), '{"text":"e1"}\n{broken\n\n{"text":"e2"}\n{"no":1}\n{"text":"e3"}\n');
  await writeFile(at("deep/f.md"), "# f");
  const members: Uint8Array[] = [];
  const pages = Array.from({ length: 5 }, (_, i) => ({ url: `https://a.example/${i}`, html: `<html>${i}` }));
  for await (const member of writeWarc(pages)) members.push(member);
  members[1] = members[1]!.map((byte, i) => (i === 50 ? byte ^ 1 : byte));
  await writeFile(at("g.warc.gz"), Buffer.concat(members));
  await writeFile(at("h.warc"), Buffer.concat([gzipSync("nothing")]));
  await writeFile(at("image.png"), "no text");
}

test("every format is read by its extension", async () => {
  await fill();
  const { found, drops } = await collect(readFiles(folder));
  const count = (test: (document: Document) => boolean) => found.filter(test).length;
  expect(count(({ meta }) => meta["token_count"] !== undefined)).toBe(20);
  expect(count(({ id }) => id.startsWith("b.csv:"))).toBe(2);
  expect(count(({ id, text }) => id === "c.tsv.gz:2" && text === "two")).toBe(1);
  expect(count(({ id }) => id.startsWith("deep/d.jsonl.zst:"))).toBe(golden.zstd.lines);
  expect(count(({ id }) => id.startsWith("deep/e.jsonl:"))).toBe(3);
  expect(count(({ id }) => id === "deep/f.md")).toBe(1);
  expect(count(({ id }) => id.startsWith("g.warc.gz/"))).toBe(4);
  expect(found).toHaveLength(20 + 2 + 2 + golden.zstd.lines + 3 + 1 + 4);
  expect(drops.map((drop) => drop.replace(/\/\d+ /, " "))).toEqual([
    "b.csv:2 field_count",
    "deep/e.jsonl:2 invalid_json",
    "deep/e.jsonl:5 no_text",
    "g.warc.gz corrupt_gzip",
    "h.warc bad_record_header",
  ]);
});

test("files are listed with sizes, and each goes on behind any of its documents and drops", async () => {
  await fill();
  const source = readFiles(folder);
  const files = await source.files();
  expect(files.map(({ id }) => id)).toEqual([
    "a.parquet",
    "b.csv",
    "c.tsv.gz",
    "deep/d.jsonl.zst",
    "deep/e.jsonl",
    "deep/f.md",
    "g.warc.gz",
    "h.warc",
  ]);
  expect(files.every(({ size }) => size! > 0)).toBe(true);
  const everything: string[] = [];
  for (const file of files) {
    const events = async (given?: number) => {
      const seen: string[] = [];
      const drop = (document: Document, { reason }: { reason: string }) =>
        seen.push(`${document.id} ${reason}`);
      for await (const { id } of source.open(file, { drop }, given === undefined ? undefined : { given }))
        seen.push(id);
      return seen;
    };
    const all = await events();
    const positions = all.length < 50 ? [...all.keys(), all.length] : [0, 1, 777, all.length - 1];
    for (const given of positions) expect(await events(given)).toEqual(all.slice(given));
    everything.push(...all.filter((event) => !event.includes(" ")));
  }
  const { found } = await collect(source);
  expect(found.map(({ id }) => id)).toEqual(everything);
});

test.each(Object.entries(golden.zstd.files))("zstd as others write it: %s", async (_, base64) => {
  await writeFile(at("a.jsonl.zst"), bytesOf(base64));
  const { found, drops } = await collect(readFiles(folder));
  expect(found).toHaveLength(golden.zstd.lines);
  expect(found[2999]!.text).toBe(`line 2999 ${"x".repeat(299)}`);
  expect(drops).toEqual([]);
});

test.each(["gz", "zst"])("damaged .%s: what is before the damage, and one drop", async (end) => {
  const written = Array.from({ length: 8000 }, (_, i) => ({
    id: `${i}`,
    text: `${Math.sin(i)}`,
    meta: {},
  }));
  const path = at(`a.jsonl.${end}`);
  await writeJsonl(
    (async function* () {
      yield* written;
    })(),
    path,
  );
  const { found } = await collect(readFiles(path));
  expect(found).toEqual(written);
  const bytes = await readFile(path);
  const name = end === "gz" ? "gzip" : "zstd";
  await writeFile(path, bytes.subarray(0, -1000));
  const cut = await collect(readFiles(path));
  expect(cut.drops).toEqual([`a.jsonl.${end} truncated_${name}`]);
  expect(cut.found.length).toBeGreaterThan(1000);
  await writeFile(path, Buffer.from("this is not compressed at all"));
  expect((await collect(readFiles(path))).drops).toEqual([`a.jsonl.${end} corrupt_${name}`]);
  for (let seed = 1; seed <= 12; seed++) {
    const bad = Buffer.from(bytes);
    for (let i = 0; i < 4; i++) bad[(seed * 7919 + i * 104_729) % bad.length]! ^= 1 + (seed % 255);
    await writeFile(path, bad);
    const { stats } = await collect(readFiles(path));
    expect(stats!.in).toBeGreaterThan(0);
  }
});

test("gzip: a hole of zeros before a member is a drop, padding behind the last is none", async () => {
  const [one, two] = [gzipSync('{"text":"one"}\n'), gzipSync('{"text":"two"}\n')];
  await writeFile(at("a.jsonl.gz"), Buffer.concat([one, Buffer.from(two).fill(0, 0, 5)]));
  await writeFile(at("b.jsonl.gz"), Buffer.concat([one, two, new Uint8Array(1000)]));
  await writeFile(at("c.jsonl.gz"), "");
  await writeFile(at("d.jsonl.zst"), "");
  const { found, drops } = await collect(readFiles(folder));
  expect(found.map(({ text }) => text)).toEqual(["one", "one", "two"]);
  expect(drops).toEqual(["a.jsonl.gz corrupt_gzip", "c.jsonl.gz truncated_gzip"]);
});

test("patterns have braces, classes and folders, and pass over hidden files", async () => {
  for (const path of ["x/1.md", "x/2.md", "y/deep/3.txt", "y/.z/4.md"]) {
    await mkdir(join(at(path), ".."), { recursive: true });
    await writeFile(at(path), path);
  }
  const ids = async (...paths: string[]) => (await collect(readFiles(paths))).found.map(({ text }) => text);
  expect(await ids(at("**/*.{md,txt}"))).toEqual(["x/1.md", "x/2.md", "y/deep/3.txt"]);
  expect(await ids(at("x/[2-9].md"), at("x"))).toEqual(["x/2.md", "x/1.md"]);
  expect(await ids(at("y/.z/*.md"))).toEqual(["y/.z/4.md"]);
});

test("a line that is too long is one drop", async () => {
  const text = `{"text":"a"}\n{"text":"${"x".repeat(1000)}"}\n{"text":"b"}\n${"y".repeat(500)}`;
  for (const source of [text, [text.slice(0, 300), text.slice(300, 700), text.slice(700)]]) {
    const { found, drops } = await collect(readJsonl(source, { maxBytes: 200 }));
    expect(found.map(({ text }) => text)).toEqual(["a", "b"]);
    expect(drops).toEqual(["jsonl:2 line_too_long", "jsonl:4 line_too_long"]);
  }
});

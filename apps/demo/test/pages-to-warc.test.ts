import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pipeline, readWarc } from "@llm/dataset";
import { expect, test } from "vitest";
import { pagesToWarc } from "../src/pages-to-warc.js";
import type { Terminal } from "../src/terminal.js";

test("pages keep their bytes, whatever encoding they are in", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pages-"));
  const page = (charset: string, text: string) =>
    Buffer.from(`<html><meta charset="${charset}"><p>${text}`, "latin1");
  await writeFile(join(folder, "a.html"), page("windows-1251", "\xcf\xf0\xe8"));
  await writeFile(join(folder, "b.html.gz"), gzipSync(page("iso-8859-1", "\x93caf\xe9\x94")));
  await writeFile(join(folder, "c.htm"), "<html><p>Grüße");
  const lines: string[] = [];
  const output = join(folder, "pages.warc.gz");
  await pagesToWarc(folder, output, { line: (text: string) => lines.push(text) } as unknown as Terminal);
  const texts: string[] = [];
  for await (const { text } of pipeline(readWarc(await readFile(output))).docs())
    texts.push(text.replace(/<[^>]*>/g, ""));
  expect(texts).toEqual(["При", "“café”", "Grüße"]);
  expect(lines[0]).toMatch(/^3 pages in /);
});

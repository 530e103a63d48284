import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type WarcPage, writeWarc } from "@llm/dataset";
import { writeAside } from "@llm/platform/durable";
import { formatCount } from "@llm/platform/terminal";
import { DemoError } from "./errors.js";
import type { Terminal } from "./terminal.js";

/** Puts the pages of a folder (.html and .html.gz, sorted by name) into one .warc.gz. */
export async function pagesToWarc(folder: string, output: string, terminal: Terminal): Promise<void> {
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => /\.html?(\.gz)?$/i.test(name))
    .sort();
  if (names.length === 0) throw new DemoError(`${folder} holds no .html or .html.gz file`);
  await writeAside(output, writeWarc(pages(folder, names)));
  terminal.line(`${formatCount(names.length)} pages in ${output}`);
}

async function* pages(folder: string, names: readonly string[]): AsyncGenerator<WarcPage> {
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    const html = name.toLowerCase().endsWith(".gz") ? gunzipSync(bytes) : bytes;
    yield { url: `https://pages.invalid/${encodeURIComponent(name.replace(/\.gz$/i, ""))}`, html };
  }
}

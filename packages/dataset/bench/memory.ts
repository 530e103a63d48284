// Memory while gigabytes go through readers and writers: `npm run bench:memory -- [GB]`. The data is made as it is asked for and
// comes over HTTP on loopback, so no disk is needed but for what is written. With LLM_DATA=<test data> also the whole chain.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  type Document,
  datatrove010,
  pipeline,
  type Sink,
  type Step,
  type WarcPage,
  writeWarc,
} from "@llm/dataset";
import { readFiles, writeJsonl, writeParquet, writeTokens } from "@llm/dataset/node";

const gigabytes = Number(process.argv[2] ?? 5);

let seed = 1;
function words(count: number): string {
  const list: string[] = [];
  for (let i = 0; i < count; i++) {
    seed = (seed * 48_271) % 2_147_483_647;
    list.push((seed % 20_000).toString(36));
  }
  return list.join(" ");
}

interface Block {
  /** As it is in the file. */
  readonly packed: Uint8Array;
  /** Decompressed, in bytes. */
  readonly size: number;
}

function jsonlBlocks(): Block[] {
  return Array.from({ length: 32 }, () => {
    const lines = Array.from({ length: 200 }, () => `${JSON.stringify({ text: words(1200) })}\n`);
    const bytes = Buffer.from(lines.join(""));
    return { packed: gzipSync(bytes), size: bytes.length };
  });
}

function madePages(): WarcPage[] {
  return Array.from({ length: 500 }, (_, i) => ({
    url: `https://a.example/${i}`,
    html: `<!doctype html><html><p>${words(8000)}</p></html>`,
  }));
}

/** The pages of the extraction benchmark; none where they are not there. */
function realPages(): WarcPage[] {
  const folder = join(process.env["LLM_DATA"] ?? "", "article-extraction/html");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => ({
    url: `https://a.example/${name}`,
    html: gunzipSync(readFileSync(join(folder, name))).toString("utf8"),
  }));
}

async function warcBlocks(pages: readonly WarcPage[]): Promise<Block[]> {
  const blocks: Block[] = [];
  for await (const packed of writeWarc(pages))
    blocks.push({ packed, size: pages[blocks.length]!.html.length });
  return blocks;
}

function* repeat(blocks: readonly Block[], bytes: number): Generator<Uint8Array> {
  for (let done = 0, i = 0; done < bytes; i++) {
    const block = blocks[i % blocks.length]!;
    done += block.size;
    yield block.packed;
  }
}

/** Resident memory at some moments, in MB. */
class Watch {
  private readonly seen: number[] = [];
  private next = 0;
  sample(done: number): void {
    if (done < this.next) return;
    this.next = done + 2 ** 20;
    this.seen.push(process.memoryUsage.rss() / 1e6);
  }
  toString(): string {
    const tenth = Math.ceil(this.seen.length / 10);
    const peak = (part: number[]) => Math.max(...part).toFixed(0);
    return `peak in the first tenth ${peak(this.seen.slice(0, tenth))} MB, in the last ${peak(this.seen.slice(-tenth))} MB, in all ${peak(this.seen)} MB`;
  }
}

async function measure(
  name: string,
  blocks: readonly Block[],
  size: number,
  sink?: Sink,
  steps: readonly Step[] = [],
): Promise<void> {
  const server = createServer((_, response) => Readable.from(repeat(blocks, size)).pipe(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name.split(" ")[0]}`;
  const writer = await sink?.open({ rank: 0, world: 1 });
  const p = pipeline(readFiles(url), steps);
  const watch = new Watch();
  const start = performance.now();
  let done = 0;
  for await (const document of p.docs()) {
    await writer?.write(document);
    done += document.text.length;
    watch.sample(done);
  }
  await writer?.close();
  const rate = done / 1e6 / ((performance.now() - start) / 1000);
  const { out, dropped } = p.stats()[0]!;
  console.log(
    `${name.padEnd(28)} ${(done / 1e9).toFixed(2)} GB, ${out} documents, ${Object.keys(dropped).length} kinds of drops, ${rate.toFixed(0)} MB/s; ${watch}`,
  );
  server.close();
}

const folder = mkdtempSync(join(tmpdir(), "memory-"));
const bytes = gigabytes * 1e9;
const characters = {
  vocabSize: 256,
  encodeOrdinary: ({ length }: Document["text"]) => new Uint8Array(length >> 2),
};
console.log(`Node ${process.version}, ${gigabytes} GB of text read, a tenth of it for each writer`);
try {
  const jsonl = jsonlBlocks();
  await measure("a.jsonl.gz", jsonl, bytes);
  await measure("b.warc.gz", await warcBlocks(madePages()), bytes);
  await measure("c.jsonl.gz to .jsonl.gz", jsonl, bytes / 10, writeJsonl(folder));
  await measure("d.jsonl.gz to .jsonl.zst", jsonl, bytes / 10, writeJsonl(folder, { compression: "zstd" }));
  await measure("e.jsonl.gz to .parquet", jsonl, bytes / 10, writeParquet(folder));
  await measure(
    "f.jsonl.gz to .tokens",
    jsonl,
    bytes / 10,
    writeTokens(characters, folder, { separator: 0 }),
  );
  const pages = await warcBlocks(realPages());
  if (pages.length > 0)
    await measure("g.warc.gz to clean .jsonl.gz", pages, bytes, writeJsonl(folder), datatrove010());
} finally {
  rmSync(folder, { recursive: true });
}

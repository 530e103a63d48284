// Files of several formats become one stream of documents, which is written as Parquet and read back; and a run that was stopped
// goes on from its checkpoint with the same bytes.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "@llm/dataset";
import { readFiles, writeJsonl, writeParquet } from "@llm/dataset/node";

const folder = await mkdtemp(join(tmpdir(), "formats-"));
await writeFile(join(folder, "a.csv"), 'text,url\n"Two lines,\nquoted",https://a.example\nno url\n');
await writeFile(join(folder, "b.jsonl"), '{"text": "A line", "id": "b1"}\n{"text": \n');
await writeFile(join(folder, "c.md"), "# A page");

const p = pipeline(readFiles(join(folder, "*.{csv,jsonl,md}")));
const parquet = await writeParquet(folder, { columns: { url: "STRING" } }).open({ rank: 0, world: 1 });
for await (const document of p.docs()) await parquet.write(document);
await parquet.close();
console.log(JSON.stringify(p.stats()[0]));

for await (const { id, text, meta } of pipeline(readFiles(join(folder, "00000.parquet"))).docs()) {
  console.log(id, JSON.stringify(text), JSON.stringify(meta));
}

const task = { rank: 0, world: 1 };
const documents = ["one", "two", "three", "four"].map((text, i) => ({ id: `${i}`, text, meta: {} }));
const whole = await writeJsonl(join(folder, "whole")).open(task);
for (const document of documents.slice(0, 2)) await whole.write(document);
const state = await whole.checkpoint?.();
for (const document of documents.slice(2)) await whole.write(document);
await whole.close();

const stopped = await writeJsonl(join(folder, "stopped")).open(task);
for (const document of documents.slice(0, 2)) await stopped.write(document);
await stopped.checkpoint?.();
await stopped.write({ id: "lost", text: "written after the checkpoint", meta: {} });
await stopped.abort();
const resumed = await writeJsonl(join(folder, "stopped")).open(task, state);
for (const document of documents.slice(2)) await resumed.write(document);
const [name] = await resumed.close();

const [a, b] = await Promise.all(["whole", "stopped"].map((run) => readFile(join(folder, run, name!))));
console.log(`${name}: the same bytes: ${a!.equals(b!)}`);
await rm(folder, { recursive: true });

// Output:
// {"name":"readFiles","in":5,"out":3,"dropped":{"field_count":1,"invalid_json":1}}
// a.csv:1 "Two lines,\nquoted" {"url":"https://a.example"}
// b1 "A line" {}
// c.md "# A page" {"mediaType":"text/markdown"}
// 00000.jsonl.gz: the same bytes: true

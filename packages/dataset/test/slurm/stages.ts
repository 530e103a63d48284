import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "@llm/dataset";
import type { Runnable } from "@llm/dataset/node";
// Not all of the package: each task is a process that loads what stands here.
import { pipeline } from "../../src/pipeline.js";
import { rewrite } from "../../src/step.js";
import { readLines } from "../run/fixture/lines.js";
import { plainJsonl } from "../run/fixture/plain-jsonl.js";

const base = process.env["RUN_FIXTURE"]!;
const delay = Number(process.env["RUN_DELAY"] ?? 0);
/** How many tasks read and sign, each a process of its own. */
const tasks = Number(process.env["RUN_TASKS"] ?? 8);
const at = (path: string) => join(base, path);

const slow = rewrite("slow", async (document) => {
  appendFileSync(at("trace"), `${document.id}\n`);
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
  return document;
});

/** As deduplication in four stages has it: each reads all that the one before wrote, and fails where that is not there. */
const lines: Runnable = pipeline(readLines(at("in")), slow, plainJsonl(at("lines")));

const signatures = stage("signatures", tasks, (rank) => {
  if (rank === tasks - 2 && existsSync(at("fail"))) throw new Error("told to fail");
  return hash(readFileSync(at(`lines/0000${rank}.jsonl`)));
});

const buckets = stage("buckets", 2, (rank) => {
  const names = readdirSync(at("signatures"));
  if (names.length !== tasks) throw new Error(`${names.length} signatures`);
  return names
    .map((name) => readFileSync(join(at("signatures"), name), "utf8"))
    .filter((text) => Number.parseInt(text, 16) % 2 === rank)
    .join("\n");
});

const clusters = stage("clusters", 1, () =>
  ["00000", "00001"].map((name) => readFileSync(at(`buckets/${name}`), "utf8")).join("\n\n"),
);

export const stages = [lines, signatures, buckets, clusters];

function stage(name: string, tasks: number, work: (rank: number) => string): Stage {
  return {
    name,
    tasks,
    async run(rank) {
      mkdirSync(at(name), { recursive: true });
      writeFileSync(join(at(name), `0000${rank}`), work(rank));
      return { files: 1 };
    },
  };
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 8);
}

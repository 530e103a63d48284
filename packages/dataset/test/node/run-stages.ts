import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AtomicFile } from "../../src/shards/file.js";
import type { Sink } from "../../src/sink.js";
import type { Stage, StageContext, StageStats } from "../../src/stage.js";

/** Writes ids and texts, a document a line. */
export function jsonlSink(folder: string): Sink {
  return {
    name: "jsonl",
    folder,
    async open({ rank }) {
      mkdirSync(folder, { recursive: true });
      const file = await AtomicFile.create(join(folder, `${rank}.jsonl`));
      return {
        write: ({ id, text }) => file.write(new TextEncoder().encode(`${JSON.stringify([id, text])}\n`)),
        async close() {
          await file.close();
          await file.commit();
          return [`${rank}.jsonl`];
        },
        abort: () => file.discard(),
      };
    },
  };
}

/** Runs all tasks of a stage; counts are added up. */
export async function runStage(stage: Stage, context?: StageContext): Promise<StageStats> {
  const total: Record<string, number> = {};
  for (let rank = 0; rank < stage.tasks; rank++) {
    for (const [name, count] of Object.entries(await stage.run(rank, context))) {
      total[name] = (total[name] ?? 0) + count;
    }
  }
  return total;
}

export async function runAll(stages: readonly Stage[], context?: StageContext): Promise<StageStats[]> {
  const stats: StageStats[] = [];
  for (const stage of stages) stats.push(await runStage(stage, context));
  return stats;
}

/** All files below a folder, by path. */
export function filesIn(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path))]));
}

/** What a rank wrote: ids and texts. */
export function writtenTexts(folder: string, rank: number): [id: string, text: string][] {
  const lines = readFileSync(join(folder, "out", `${rank}.jsonl`), "utf8")
    .split("\n")
    .slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** The ids that a rank wrote. */
export function written(folder: string, rank: number): string[] {
  return writtenTexts(folder, rank).map(([id]) => id);
}

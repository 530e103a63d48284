import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../../../src/document.js";
import type { MinhashStagesOptions } from "../../../src/node/minhash/options.js";
import { AtomicFile } from "../../../src/shards/file.js";
import type { Sink } from "../../../src/sink.js";
import type { Stage, StageContext, StageStats } from "../../../src/stage.js";
import golden from "../../golden/minhash.json" with { type: "json" };

export const TASKS = 3;

/** Every third document of the golden corpus; ids are positions in the whole. */
export async function* documentsOf(rank: number): AsyncGenerator<Document> {
  for (let i = rank; i < golden.corpus.length; i += TASKS) {
    yield { id: `${i}`, text: golden.corpus[i]!, meta: { priority: i % 7 } };
  }
}

export function optionsOf(folder: string): MinhashStagesOptions {
  return {
    input: documentsOf,
    tasks: TASKS,
    folder: join(folder, "work"),
    output: idsSink(join(folder, "out")),
  };
}

/** Writes ids, one a line. */
function idsSink(folder: string): Sink {
  return {
    name: "ids",
    folder,
    async open({ rank }) {
      mkdirSync(folder, { recursive: true });
      const file = await AtomicFile.create(join(folder, `${rank}.txt`));
      return {
        write: ({ id }) => file.write(new TextEncoder().encode(`${id}\n`)),
        async close() {
          await file.close();
          await file.commit();
          return [`${rank}.txt`];
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

/** The ids that a rank wrote. */
export function written(folder: string, rank: number): string[] {
  return readFileSync(join(folder, "out", `${rank}.txt`), "utf8")
    .split("\n")
    .slice(0, -1);
}

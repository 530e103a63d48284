// How much faster two worker threads are than one, on a pipeline that computes: the filters of quality over made-up articles.
// From source the start of a thread counts (a second and a half): build, and leave `--conditions` out, for what users have.
// Arguments: the numbers of workers to compare with one (2).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import {
  c4Quality,
  finewebQuality,
  gopherQuality,
  gopherRepetition,
  pipeline as pipe,
  type Source,
  type SourceFile,
} from "@llm/dataset";
import { run } from "@llm/dataset/node";

const files = 16;
const documentsPerFile = 3000;
const rounds = 3;
const common =
  "the of and to in that it is was he for on are as with they be at one have this from by hot but some what there we can out other were all your when up use word how said each she which do their time will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find".split(
    " ",
  );

/** Articles made of common words, the same in every run. */
function articles(): Source {
  async function* open({ id }: SourceFile) {
    let state = Number(id) + 1;
    const below = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const sentence = () => {
      const words = Array.from({ length: 8 + below(12) }, () => common[below(common.length)]!);
      return `${words[0]![0]!.toUpperCase()}${words.join(" ").slice(1)}.`;
    };
    for (let i = 0; i < documentsPerFile; i++) {
      const text = Array.from({ length: 20 + below(20) }, sentence).join("\n");
      yield { id: `${id}/${i}`, text, meta: {} };
    }
  }
  const list = Array.from({ length: files }, (_, i) => ({ path: `article ${i}`, id: `${i}` }));
  return {
    name: "articles",
    files: async () => list,
    open,
    async *read() {
      for (const file of list) yield* open(file);
    },
  };
}

export const pipeline = pipe(articles(), gopherRepetition(), gopherQuality(), c4Quality(), finewebQuality());

/** Seconds for the whole run, the start of the threads with it, and those that processors worked. */
async function measure(workers: number): Promise<{ wall: number; processor: number }> {
  const logDir = mkdtempSync(join(tmpdir(), "workers-"));
  const [start, before] = [performance.now(), process.cpuUsage()];
  await run(new URL(import.meta.url), { workers, logDir });
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  rmSync(logDir, { recursive: true });
  return { wall, processor: (user + system) / 1e6 };
}

if (isMainThread) {
  const numbers = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [2];
  const times = new Map(
    [1, ...numbers].map((workers) => [workers, [] as { wall: number; processor: number }[]]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [workers, found] of times) found.push(await measure(workers));
  }
  const median = (found: readonly number[]) => [...found].sort((a, b) => a - b)[found.length >> 1]!;
  const one = median(times.get(1)!.map(({ wall }) => wall));
  console.log(
    `${files * documentsPerFile} documents in ${files} tasks, Node ${process.version}, median of ${rounds}`,
  );
  for (const [workers, found] of times) {
    const [wall, processor] = [found.map(({ wall }) => wall), found.map(({ processor }) => processor)].map(
      median,
    );
    const ratio = (one / wall!).toFixed(2);
    console.log(
      `${workers} workers  ${wall!.toFixed(2)} s   ${ratio} times one   ${processor!.toFixed(2)} s of processors`,
    );
  }
}

// A run that stops in the middle goes on from its last checkpoint, and writes what it would have written without the stop.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filter, pipeline, type Sink, type Source, type SourceFile } from "@llm/dataset";
import { run, TasksFailedError } from "@llm/dataset/node";

/** Three files of 100 numbers each. A source that can open one file, also in the middle, can be dealt to tasks. */
async function* open({ id }: SourceFile, _: unknown, { given } = { given: 0 }) {
  for (let i = given; i < 100; i++) yield { id: `${id}/${i}`, text: `${i}`, meta: {} };
}
const files = ["a", "b", "c"].map((id) => ({ path: id, id }));
const numbers: Source = {
  name: "numbers",
  files: async () => files,
  open,
  async *read(context) {
    for (const file of files) yield* open(file, context);
  },
};

/** An output in memory, a list for each task. Its checkpoint is how long the list was. */
const written: string[][] = [];
const memory: Sink = {
  name: "memory",
  folder: "memory",
  async open({ rank }, state) {
    const list = (written[rank] ?? []).slice(0, Number(state?.["length"] ?? 0));
    written[rank] = list;
    return {
      write: ({ id }) => void list.push(id),
      checkpoint: async () => ({ length: list.length }),
      close: async () => [`${rank}`],
      abort: async () => {},
    };
  },
};

let read = 0;
let broken = true;
const even = filter("even", ({ id, text }) => {
  read++;
  if (id === "b/77" && broken) throw new Error("power cut");
  return Number(text) % 2 === 0
    ? { keep: true }
    : { keep: false, reason: "odd", metric: "number", value: text, threshold: "even" };
});

const p = pipeline(numbers, even, memory);
const logDir = mkdtempSync(join(tmpdir(), "go-on-"));
const options = { tasks: 3, checkpointEvery: 10, logDir };
try {
  await run(p, options);
} catch (error) {
  if (!(error instanceof TasksFailedError)) throw error;
  console.log(error.message.split(". Nothing")[0]);
}
console.log(`read ${read}, written ${written.map(({ length }) => length).join(" + ")}`);

[read, broken] = [0, false];
const [report] = await run(p, options);
console.log(`read ${read} more, written ${written.map(({ length }) => length).join(" + ")}`);
console.log(report?.steps?.map(({ name, in: taken, out }) => `${name}: ${taken} -> ${out}`).join(", "));
rmSync(logDir, { recursive: true });

// Output:
// memory: 1 of 3 tasks failed (1). Task 1: Error: power cut
// read 278, written 50 + 39 + 50
// read 30 more, written 50 + 50 + 50
// numbers: 300 -> 300, even: 300 -> 150

// Near-duplicates in four stages over files: each stage's tasks can run side by side, on as many machines as see the folder.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sink } from "@llm/dataset";
import { minhashStages, traceDuplicate } from "@llm/dataset/node";

const story =
  "The lighthouse keeper wrote down the weather every evening for forty years, and when he died they found " +
  "that he had never missed a day, not in the storms, not in the war, and not on the night his daughter was born.";
const bread =
  "A recipe for bread: flour, water, salt, and time; the dough rests overnight and is folded at dawn.";
// What each task reads. Readers of files can stand here as they are: `input: readFolder("pages/")`.
const texts = [
  [story, bread],
  [story.replace("forty", "thirty"), `${story} The book is in the town's museum.`],
];
async function* input(rank: number) {
  for (const [i, text] of texts[rank]!.entries()) yield { id: `${rank}/${i}`, text, meta: {} };
}

// Any sink: this one shows what stays.
const output: Sink = {
  name: "show",
  folder: "",
  open: async ({ rank }) => ({
    write: ({ id, text }) =>
      console.log(`task ${rank} keeps ${id}: ${text.slice(0, 24)}.. ${text.slice(-24)}`),
    close: async () => [],
    abort: async () => {},
  }),
};

const folder = await mkdtemp(join(tmpdir(), "minhash-"));
for (const stage of minhashStages({ input, tasks: 2, folder, output, policy: "longest" })) {
  for (let rank = 0; rank < stage.tasks; rank++) await stage.run(rank);
}
const trace = await traceDuplicate(folder, 0, 0);
console.log(`${trace!.id} went for ${trace!.survivor}, of a cluster of ${trace!.clusterSize}:`);
for (const { id, duplicateOf, bucket } of trace!.pairs) {
  console.log(`${id} and ${duplicateOf} agree in bucket ${bucket}`);
}
await rm(folder, { recursive: true });

// Output:
// task 0 keeps 0/1: A recipe for bread: flou.. t and is folded at dawn.
// task 1 keeps 1/1: The lighthouse keeper wr.. is in the town's museum.
// 0/0 went for 1/1, of a cluster of 3:
// 1/1 and 0/0 agree in bucket 12

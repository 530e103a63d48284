// Rows of text in one session: of different length, forked after one prompt, cut back and freed, each as if it were alone.
import { Gpt } from "@llm/gpt";
import { engine, useEngine } from "@llm/tensor";

await useEngine("reference");
const model = Gpt.create({ vocabSize: 20, blockSize: 64, nLayer: 2, nHead: 2, nEmbd: 16 }, { seed: 1 });
const best = (logits: Float32Array) => logits.indexOf(Math.max(...logits));
const before = engine().memory.bytes;
const session = model.session(); // one row, number 0, and no memory yet

// A prompt is read once. Two answers begin behind it.
const [prompt] = await session.step([{ row: 0, ids: [3, 1, 4, 1, 5] }]);
const other = session.fork(0);
const alone = session.add();

// One call for all rows, whatever each of them gets.
const logits = await session.step([
  { row: 0, ids: [best(prompt!)] },
  { row: other, ids: [9, 2, 6] },
  { row: alone, ids: [7] },
]);
for (const [i, row] of session.rows.entries()) {
  console.log(`row ${row}: ${session.length(row)} ids, then ${best(logits[i]!)}`);
}

// Going back, as when a draft is refused: what follows is what would have followed.
session.truncate(other, 6);
const [again] = await session.step([{ row: other, ids: [2, 6] }]);
console.log(`the same logits after truncate: ${logits[1]!.every((logit, i) => logit === again![i])}`);

const { shape } = await session.cache(1, other);
console.log(`keys of layer 1: (${shape.join(", ")})`);
session.free(other); // costs nothing from here on
console.log(`the cache: ${engine().memory.bytes - before} bytes for 4 places of 16 positions`);
session.dispose();

// Output:
// row 0: 6 ids, then 5
// row 1: 8 ids, then 6
// row 2: 1 ids, then 7
// the same logits after truncate: true
// keys of layer 1: (8, 2, 8)
// the cache: 16384 bytes for 4 places of 16 positions

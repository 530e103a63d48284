// What a batch is made of: documents packed into rows, two sources mixed by weight, and a look at the result.
import { inspect, mixture, tokenArray } from "@llm/train";

const END = 0;
const alphabet = "·abcdefghijklmnopqrstuvwxyz.";
const tokens = (documents: string[]) =>
  documents.flatMap((text) => [...Array.from(text, (letter) => alphabet.indexOf(letter)), END]);
const decode = (id: number) => alphabet[id]!;

const words = tokenArray(tokens(["token", "logits", "the", "softmax", "an", "gradient", "of", "loss"]), {
  packing: "best-fit",
  separator: END,
  isolate: true,
  split: 1,
});
const code = tokenArray(tokens(Array.from("xyz", (letter) => `${letter}.${letter}.`)), {
  packing: "bos-bestfit",
  separator: END,
  split: 1,
});

// "best-fit" leaves nothing out, and pads: the brackets are targets that do not count.
const key = { split: "train", step: 1, micro: 0, batchSize: 3, blockSize: 9, seed: 1 };
console.log(inspect(words.batch(key), { blockSize: 9, decode }));

// Three rows of words to one of code. A batch is a function of its key: the same one comes again whenever it is asked for.
const mixed = mixture({ words: { data: words, weight: 3 }, code: { data: code, weight: 1 } });
console.log(inspect(mixed.batch({ ...key, step: 2, batchSize: 4 }), { blockSize: 9, decode }));

// Output:
// row 0, 8 of 9 targets count: ·softmax·|[·]
// row 1, 9 of 9 targets count: ·token·|of·
// row 2, 4 of 9 targets count: ·the·|[·][·][·][·][·]
// row 0, 7 of 9 targets count: ·logits·|[·][·]
// row 1, 8 of 9 targets count: ·softmax·|[·]
// row 2, 9 of 9 targets count: ·z.z.·y.y.
// row 3, 4 of 9 targets count: ·the·|[·][·][·][·][·]

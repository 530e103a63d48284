import { complete, modelOf, type Tokenizer } from "@llm/sample";

// Words are tokens, and the last one is the end token that a model learns to write after a text.
const words = ["the", "cat", "sat", "slept", "<|endoftext|>"];
const endOfText = words.indexOf("<|endoftext|>");
const tokenizer: Tokenizer = {
  vocabSize: words.length,
  encode: (text) => Uint32Array.from(text.split(" "), (word) => words.indexOf(word)),
  decode: (ids) => Array.from(ids, (id) => words[id]).join(" "),
  decoder: () => ({ write: (id) => ` ${words[id]}`, end: () => "" }),
};
// Chances of what follows each word.
const next = [
  [0, 1, 0, 0, 0],
  [0, 0, 0.5, 0.5, 0],
  [0.3, 0, 0, 0, 0.7],
  [0.3, 0, 0, 0, 0.7],
  [1, 0, 0, 0, 0],
];
const model = modelOf((ids) => next[ids.at(-1)!]!.map(Math.log), {
  vocabSize: words.length,
  blockSize: 64,
  endOfText,
});

// The model's own end token ends the text, and the result says so.
for (const seed of [1, 2, 3]) {
  const { text, finishReason, stoppedBy } = await complete(model, tokenizer, "the", { seed });
  console.log(`the${text} (${finishReason} at id ${stoppedBy})`);
}

// With other stop ids, or none, it is a token like any other.
console.log(`the${(await complete(model, tokenizer, "the", { seed: 1, stopIds: [], maxTokens: 6 })).text}`);

// Output:
// the cat sat (stop at id 4)
// the cat slept the cat slept the cat slept (stop at id 4)
// the cat slept the cat slept (stop at id 4)
// the cat sat <|endoftext|> the cat sat

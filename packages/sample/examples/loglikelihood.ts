import { loglikelihood, modelOf, type Tokenizer } from "@llm/sample";

// Words are tokens, and the model is a table of what follows what, with its probability.
const words = [" capital", " of", " France", " is", " Paris", " Rome", " green", "The"];
const table: Record<string, Record<string, number>> = {
  " is": { " Paris": 0.6, " Rome": 0.3, " green": 0.1 },
  " Paris": { " is": 1 },
  " of": { " France": 1 },
  " France": { " is": 1 },
  " capital": { " of": 1 },
};
const tokenizer: Tokenizer = {
  vocabSize: words.length,
  encode: (text) => Uint32Array.from(text.match(/ ?[^ ]+/g) ?? [], (word) => words.indexOf(word)),
  decode: (ids) => Array.from(ids, (id) => words[id]).join(""),
  decoder: () => ({ write: (id) => words[id]!, end: () => "" }),
};
const model = modelOf((ids) => words.map((word) => Math.log(table[words[ids.at(-1)!]!]?.[word] ?? 0)), {
  vocabSize: words.length,
  blockSize: 16,
});

// Which ending does the model find likeliest?
for (const ending of [" Paris", " Rome", " green"]) {
  const { logprob, greedy } = await loglikelihood(model, tokenizer, "The capital of France is", ending);
  console.log(`${ending.padEnd(6)} ${logprob.toFixed(3)}${greedy ? "  the greedy choice" : ""}`);
}

// Output:
//  Paris -0.511  the greedy choice
//  Rome  -1.204
//  green -2.303

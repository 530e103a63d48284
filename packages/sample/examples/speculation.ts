import { complete, modelOf, type Tokenizer } from "@llm/sample";

const words = "to be or not that is the question and answer".split(" ");
const tokenizer: Tokenizer = {
  vocabSize: words.length,
  encode: (text) => Uint32Array.from(text.split(" "), (word) => words.indexOf(word)),
  decode: (ids) => Array.from(ids, (id) => words[id]).join(" "),
  decoder: () => ({ write: (id) => ` ${words[id]}`, end: () => "" }),
};

// A model that mostly says again what followed the last two words before; now and then it draws something else.
const sizes = { vocabSize: words.length, blockSize: 256 };
const model = modelOf((ids) => {
  const logits = new Float32Array(words.length);
  for (let i = 2; i < ids.length; i++) {
    if (ids[i - 1] === ids.at(-1) && ids[i - 2] === ids.at(-2)) logits[ids[i]!] = 7;
  }
  return logits;
}, sizes);
// A smaller one, which looks at the last word alone.
const draft = modelOf((ids) => {
  const logits = new Float32Array(words.length);
  for (let i = 1; i < ids.length; i++) if (ids[i - 1] === ids.at(-1)) logits[ids[i]!] = 7;
  return logits;
}, sizes);

const prompt = "to be or not to be that is the question to be or not";
const options = { seed: 4, maxTokens: 64 };
const plain = await complete(model, tokenizer, prompt, options);
console.log(plain.text.slice(0, 60));

// Drafts that are looked up in the text, or written by the smaller model: the same text, in fewer steps.
for (const speculate of ["prompt", { draft }] as const) {
  const { text, speculation } = await complete(model, tokenizer, prompt, { ...options, speculate });
  const { drafted, accepted, steps } = speculation!;
  console.log(`${text === plain.text}: ${steps} steps for 64 tokens, ${accepted} of ${drafted} drafts taken`);
}

// Output:
//  to be or not to be that is the question to be that is the q
// true: 22 steps for 64 tokens, 42 of 80 drafts taken
// true: 10 steps for 64 tokens, 54 of 54 drafts taken

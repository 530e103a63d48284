import { complete, generate, modelOf, type Tokenizer } from "@llm/sample";

// The smallest tokenizer: a token is a byte of UTF-8.
const tokenizer: Tokenizer = {
  vocabSize: 256,
  encode: (text) => Uint32Array.from(new TextEncoder().encode(text)),
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
  decoder() {
    const utf8 = new TextDecoder();
    return { write: (id) => utf8.decode(Uint8Array.of(id), { stream: true }), end: () => utf8.decode() };
  },
};

// The smallest language model: how often one byte followed another in a text it has seen.
const seen = tokenizer.encode(
  "the cat sat on the mat. that cat ate the tart at the café. the rat sat there. ",
);
const logits = Array.from({ length: 256 }, () => new Float32Array(256).fill(Number.NEGATIVE_INFINITY));
for (let i = 0; i + 1 < seen.length; i++) {
  const row = logits[seen[i]!]!;
  row[seen[i + 1]!] = Math.log(Math.exp(row[seen[i + 1]!]!) + 1);
}
// All that a bigram model looks at is the last byte.
const bigrams = modelOf((ids) => logits[ids.at(-1)!]!, { vocabSize: 256, blockSize: 1024 });

// Token by token, as it is drawn. The two bytes of "é" come out as one character.
const pieces: string[] = [];
for await (const { text } of generate(bigrams, tokenizer, "caf", { seed: 1, maxTokens: 8 }))
  pieces.push(text);
console.log(JSON.stringify(pieces));

// All at once, up to a stop string.
const { text, finishReason } = await complete(bigrams, tokenizer, "the ", { seed: 7, stop: ".", topP: 0.95 });
console.log(`the ${text} (${finishReason})`);

// The same seed says the same again; another row of that seed says something else.
for (const row of [0, 1, 2]) {
  console.log((await complete(bigrams, tokenizer, "the ", { seed: 7, row, maxTokens: 24 })).text);
}

// Temperature 0 always takes the most probable token, and a bigram model then walks in a circle.
console.log((await complete(bigrams, tokenizer, "t", { temperature: 0, maxTokens: 24 })).text);

// Output:
// ["","é","."," ","s","a","t"," "]
// the cat athe at tate cathere the cat afé (stop)
// cat athe at tate cathere
// cat t t the safé. t mat
// t. satat t cathe athathe
//  t t t t t t t t t t t t

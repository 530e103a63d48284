// Prompts with examples, and what a model learns from them: a toy model that copies what followed the last token before.
import { modelOf, type Tokenizer } from "@llm/sample";
import { evaluate, evaluateInContext, fewShot, readTask, repeatedTokens } from "@llm/sample/evaluation";

const translator = fewShot({
  instruction: "Translate English to French.",
  examples: [
    { input: "sea otter", output: "loutre de mer" },
    { input: "cheese", output: "fromage" },
  ],
});
console.log(translator.prompt("bread"));
const chat = fewShot({
  examples: [{ input: "Hi there! Who are you?", output: "I'm your AI Assistant." }],
  format: "chat",
});
console.log(`\n${chat.prompt("Why is the sky blue?")}`);

const tokenizer: Tokenizer = {
  vocabSize: 128,
  encode: (text) => Uint32Array.from(text, (character) => character.charCodeAt(0)),
  decode: (ids) => String.fromCharCode(...Array.from(ids)),
  decoder: () => ({ write: (id) => String.fromCharCode(id), end: () => "" }),
};
const copier = modelOf(
  (ids) => {
    const logits = new Float32Array(128);
    for (let i = 0; i + 1 < ids.length; i++) if (ids[i] === ids.at(-1)) logits[ids[i + 1]!]! += 5;
    return logits;
  },
  { vocabSize: 128, blockSize: 256, endOfText: 0 },
);

// Right examples help, and others do not: it learns from what they say.
const examples = [..."abcdefgh"].map((input, i) => ({ input, output: "xyz"[i % 3]! }));
console.log("\nshots labels    accuracy");
for (const { shots, labels, mean, low, high } of await evaluateInContext(copier, tokenizer, {
  examples,
  questions: examples,
  format: { input: "", output: "", between: "\n" },
  shots: [0, 4, 8],
})) {
  const interval = `${low.toFixed(2)} to ${high.toFixed(2)}`;
  console.log(`${String(shots).padStart(5)} ${labels.padEnd(9)} ${mean.toFixed(2)} (${interval})`);
}
const { first, second } = await repeatedTokens(copier, { length: 32, vocabSize: 64 });
console.log(
  `random tokens: a loss of ${first.mean.toFixed(1)}, and of ${second.mean.toFixed(1)} when they come again`,
);

// A task is a file of JSON lines.
const task = readTask(`{"task": {"name": "copies", "delimiter": ""}}
{"query": "ab ab ab a", "choices": ["c", "b"], "gold": 1}
{"query": "cd cd c", "choices": ["d", "c"], "gold": 0}`);
console.log(JSON.stringify((await evaluate(copier, tokenizer, task)).metrics));

// Output:
// Translate English to French.
//
// sea otter => loutre de mer
// cheese => fromage
// bread =>
//
// Human: Hi there! Who are you?
// Assistant: I'm your AI Assistant.
//
// Human: Why is the sky blue?
// Assistant:
//
// shots labels    accuracy
//     0 right     0.38 (0.38 to 0.38)
//     0 shuffled  0.38 (0.38 to 0.38)
//     0 random    0.38 (0.38 to 0.38)
//     4 right     0.70 (0.61 to 0.79)
//     4 shuffled  0.38 (0.27 to 0.48)
//     4 random    0.45 (0.31 to 0.59)
//     8 right     1.00 (1.00 to 1.00)
//     8 shuffled  0.28 (0.02 to 0.53)
//     8 random    0.42 (0.25 to 0.60)
// random tokens: a loss of 5.0, and of 1.6 when they come again
// {"accuracy":1,"accuracy per character":1,"accuracy per token":1}

// Many texts at once: each is the one that would be written alone. And a tool's answers, put in and marked.
import { complete, completeBatch, modelOf, sampleBatch, type Tokenizer } from "@llm/sample";

// Characters are tokens; "." ends a text, and "?" asks a calculator.
const characters = [..."0123456789+=?."];
const idOf = (character: string) => characters.indexOf(character);
const tokenizer: Tokenizer = {
  vocabSize: characters.length,
  encode: (text) => Uint32Array.from(text, idOf),
  decode: (ids) => Array.from(ids, (id) => characters[id]).join(""),
  decoder: () => ({ write: (id) => characters[id]!, end: () => "" }),
};

// A model that cannot add: behind "=" it guesses a digit, or now and then asks; behind "?" it expects a digit; then it ends.
const model = modelOf(
  (ids) => {
    const last = characters[ids.at(-1)!]!;
    return characters.map((next) => {
      if (last === "=") return next === "?" ? 2 : next >= "0" && next <= "9" ? 0 : -9;
      if (last === "?") return next >= "0" && next <= "9" ? 0 : -9;
      return next === "." ? 3 : -9;
    });
  },
  { vocabSize: characters.length, blockSize: 32, endOfText: idOf(".") },
);

// Several prompts, several texts of each. A prompt is read once; what is finished leaves the batch.
const prompts = ["2+3=", "4+4="];
for (const { prompt, text, finishReason } of await completeBatch(model, tokenizer, prompts, {
  samples: 3,
  seed: 4,
})) {
  console.log(`${prompts[prompt]}${text} (${finishReason})`);
}
const alone = await complete(model, tokenizer, "4+4=", { seed: 4, row: 5 });
console.log(`the last one alone: 4+4=${alone.text}`);

// For learning from them: ids, their log-probabilities, and which of them were drawn. "?" is answered by the calculator.
const samples = await sampleBatch(
  model,
  prompts.map((prompt) => tokenizer.encode(prompt)),
  {
    samples: 3,
    seed: 4,
    maxTokens: 8,
    forced({ prompt, ids }) {
      if (ids.at(-1) !== idOf("?")) return [];
      const [a, b] = prompts[prompt]!.match(/\d/g)!.map(Number);
      return tokenizer.encode(String(a! + b!));
    },
  },
);
for (const { prompt, ids, forced, logprobs } of samples) {
  const drawn = logprobs.reduce((sum, logprob) => sum + logprob, 0);
  const text = `${prompts[prompt]}${tokenizer.decode(ids)}`;
  console.log(
    `${text.padEnd(8)} put in: ${forced.join("").padEnd(4)} log-probability of the rest: ${drawn.toFixed(3)}`,
  );
}

// Output:
// 2+3=?2 (stop)
// 2+3=0 (stop)
// 2+3=6 (stop)
// 4+4=?2 (stop)
// 4+4=1 (stop)
// 4+4=2 (stop)
// the last one alone: 4+4=2
// 2+3=?5.  put in: 010  log-probability of the rest: -0.856
// 2+3=0.   put in: 00   log-probability of the rest: -2.856
// 2+3=6.   put in: 00   log-probability of the rest: -2.856
// 4+4=?8.  put in: 010  log-probability of the rest: -0.856
// 4+4=1.   put in: 00   log-probability of the rest: -2.856
// 4+4=2.   put in: 00   log-probability of the rest: -2.856

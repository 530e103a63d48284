// Trains a tiny GPT on a string that repeats itself, and shows the loss falling from ln(vocabulary):
// what is left at the end is the first characters of a window, which nothing before them decides.
import { Gpt } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { schedule, tokenArray, train } from "@llm/train";

await useEngine("reference");

const text = "the cat sat on the mat. ".repeat(40);
const characters = [...new Set(text)].sort();
const data = tokenArray(Array.from(text, (character) => characters.indexOf(character)));

const model = Gpt.create(
  { vocabSize: characters.length, blockSize: 16, nLayer: 1, nHead: 2, nEmbd: 16 },
  { seed: 1 },
);
console.log(`ln(${characters.length}) = ${Math.log(characters.length).toFixed(1)}`);

for await (const { step, loss, evaluation } of train(model, data, {
  steps: 80,
  batchSize: 4,
  blockSize: 16,
  lr: schedule.cosine({ lr: 0.02, warmup: 10, steps: 80 }),
  evaluate: { every: 40, batches: 4 },
  seed: 1,
})) {
  if (step === 1 || step % 20 === 0) {
    const validation = evaluation ? `, validation ${evaluation.val!.toFixed(1)}` : "";
    console.log(`step ${step}: loss ${loss.toFixed(1)}${validation}`);
  }
}

// Output:
// ln(11) = 2.4
// step 1: loss 2.4
// step 20: loss 0.9
// step 40: loss 0.5, validation 0.5
// step 60: loss 0.3
// step 80: loss 0.2, validation 0.3

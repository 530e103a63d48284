// Preferences: to every prompt there are two answers, and the better one counts upwards. Nobody says what is good about it; the model
// only learns to make it likelier than the other, each measured against what it was at first.
import { Gpt } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { dpo } from "@llm/train";

await useEngine("reference");

const END = 8;
const model = Gpt.create(
  { vocabSize: 9, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 16, endOfText: END },
  { seed: 1 },
);
const pairs = [0, 1, 2, 3, 4, 5, 6].map((id) => ({
  prompt: [id],
  chosen: [id + 1, END],
  rejected: [(id + 5) % 8, END],
}));

const first = { steps: 30, batchSize: 7, lr: 0.01, seed: 1 };
for await (const { step, loss, margin, accuracy } of dpo(model, pairs, first)) {
  if (step === 1 || step % 10 === 0) {
    console.log(
      `step ${step}: loss ${loss.toFixed(2)}, margin ${margin.toFixed(1)}, accuracy ${accuracy.toFixed(2)}`,
    );
  }
}

// Output:
// step 1: loss 0.69, margin 0.0, accuracy 0.00
// step 10: loss 0.52, margin 0.4, accuracy 1.00
// step 20: loss 0.32, margin 1.0, accuracy 1.00
// step 30: loss 0.16, margin 1.8, accuracy 1.00

// A reward that is learned: a judge sees pairs of texts, of which the one with more 1s is better, and gives every text a number. A
// policy is then trained on these numbers. It finds what the judge likes and nobody meant: five 1s and no end, which is not in any
// of the judge's texts.
import { Gpt } from "@llm/gpt";
import { rng, useEngine } from "@llm/tensor";
import { grpo, rewardModel } from "@llm/train";

await useEngine("reference");

const END = 3;
const shape = { vocabSize: 4, blockSize: 8, nLayer: 1, nHead: 1, nEmbd: 16, endOfText: END };
const count = (ids: ArrayLike<number>) => Array.from(ids).filter((id) => id === 1).length;
const draw = rng(1);
const text = () => [...Array.from({ length: 4 }, () => Math.floor(draw() * 3)), END];
const pairs = Array.from({ length: 60 }, () => [text(), text()].sort((a, b) => count(b) - count(a)))
  .filter(([a, b]) => count(a!) > count(b!))
  .map(([chosen, rejected]) => ({ prompt: [END], chosen: chosen!, rejected: rejected! }));

const judge = rewardModel(Gpt.create(shape, { seed: 1 }), pairs, { steps: 30, batchSize: 8, lr: 0.01 });
for await (const { step, loss, accuracy } of judge) {
  if (step === 1 || step % 15 === 0) {
    console.log(`judge, step ${step}: loss ${loss.toFixed(2)}, accuracy ${accuracy.toFixed(2)}`);
  }
}
const [none, all] = await judge.score([
  [END, 0, 2, 0, 2, END],
  [END, 1, 1, 1, 1, END],
]);
console.log(`no 1s: ${none!.toFixed(0)}, only 1s: ${all!.toFixed(0)}`);

const policy = Gpt.create(shape, { seed: 2 });
const options = { steps: 20, prompts: 1, samples: 16, maxTokens: 5, lr: 0.02, seed: 1 };
for await (const event of grpo(policy, [[END]], judge.reward, options)) {
  if (event.type === "step" && (event.step === 1 || event.step % 10 === 0)) {
    const ones = event.samples.reduce((sum, { ids }) => sum + count(ids), 0) / event.samples.length;
    console.log(`policy, step ${event.step}: reward ${event.reward.toFixed(1)}, 1s ${ones.toFixed(1)}`);
  }
}

// Output:
// judge, step 1: loss 0.69, accuracy 0.00
// judge, step 15: loss 0.37, accuracy 1.00
// judge, step 30: loss 0.05, accuracy 1.00
// no 1s: -4, only 1s: 4
// policy, step 1: reward -1.0, 1s 0.6
// policy, step 10: reward 3.2, 1s 3.6
// policy, step 20: reward 4.1, 1s 5.0

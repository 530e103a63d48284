// Reinforcement learning from a reward that a program computes: repeat the prompt's token, then stop. Nobody shows the model how; it
// is told only how good its own attempts were, and by itself it finds out that the end token is part of the answer.
import { Gpt } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { grpo } from "@llm/train";

await useEngine("reference");

const END = 4;
const shape = { vocabSize: 5, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 8, endOfText: END };
const model = Gpt.create(shape, { seed: 1 });
const prompts = [0, 1, 2, 3].map((id) => [id]);

for await (const event of grpo(
  model,
  prompts,
  ({ prompt, ids }) => (ids[0] === prompt[0] ? 0.5 : 0) + (ids[0] === prompt[0] && ids[1] === END ? 0.5 : 0),
  { steps: 30, prompts: 4, samples: 16, maxTokens: 3, lr: 0.03, seed: 1 },
)) {
  if (event.type === "warning") {
    console.log(event.message);
  } else if (event.step === 1 || event.step % 10 === 0) {
    const { step, reward, length } = event;
    console.log(`step ${step}: reward ${reward.toFixed(2)}, length ${length.toFixed(1)}`);
  }
}

// Output:
// step 1: reward 0.15, length 2.5
// step 10: reward 0.39, length 2.5
// step 20: reward 0.95, length 2.0
// step 30: reward 1.00, length 2.0

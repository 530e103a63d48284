// Teaches a tiny GPT to count, by hand: loss, gradients, AdamW. Then lets it go on by itself, one
// token at a time, with the keys and values of the past kept in a session.
import { Gpt } from "@llm/gpt";
import { adamw, scope, tensor, useEngine, valueAndGrad, zeros } from "@llm/tensor";

await useEngine("reference");
const model = Gpt.create({ vocabSize: 10, blockSize: 12, nLayer: 1, nHead: 2, nEmbd: 16 }, { seed: 1 });

const digits = Array.from({ length: 13 }, (_, i) => i % 10);
const ids = tensor(digits.slice(0, 12), [1, 12], "int32");
const targets = tensor(digits.slice(1), [1, 12], "int32");

const parameters = model.parameters();
const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
const settings = { lr: 0.02, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0 };
for (let step = 1; step <= 61; step++) {
  const { value, grads } = scope(() => valueAndGrad(() => model.loss(ids, targets), parameters));
  for (const [i, parameter] of parameters.entries()) {
    adamw(parameter, grads[i]!, states[i]!, { ...settings, step });
    grads[i]!.dispose();
  }
  if (step % 20 === 1) {
    console.log(`step ${step}: loss ${(await value.data())[0]!.toFixed(1)}`);
  }
  value.dispose();
}

const session = model.session(); // one row, number 0
const counted = [0, 1, 2];
let [logits] = await session.step([{ row: 0, ids: counted }]);
while (session.length(0) < 10) {
  const next = logits!.indexOf(Math.max(...logits!));
  counted.push(next);
  [logits] = await session.step([{ row: 0, ids: [next] }]);
}
session.dispose();
console.log(counted.join(" "));

// Output:
// step 1: loss 2.3
// step 21: loss 0.1
// step 41: loss 0.0
// step 61: loss 0.0
// 0 1 2 3 4 5 6 7 8 9

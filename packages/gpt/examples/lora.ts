// Adapters: a tiny GPT that has learned to count up is taught to count down by a few weights beside its own, which stay as
// they are. Merged, they are part of the model, and taken out again it counts up.
import { Gpt } from "@llm/gpt";
import { lora } from "@llm/gpt/lora";
import {
  adamw,
  type Parameter,
  scope,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  zeros,
} from "@llm/tensor";

await useEngine("reference");
const model = Gpt.create({ vocabSize: 10, blockSize: 12, nLayer: 1, nHead: 2, nEmbd: 16 }, { seed: 1 });

function teach(parameters: Parameter[], steps: number, loss: () => Tensor) {
  const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
  const settings = { lr: 0.02, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0 };
  for (let step = 1; step <= steps; step++) {
    scope(() => {
      const { grads } = valueAndGrad(loss, parameters);
      for (const [i, each] of parameters.entries()) adamw(each, grads[i]!, states[i]!, { ...settings, step });
    });
  }
}

/** The loss of counting on from 0, up or down. */
function counting(by: 1 | -1, of: { loss(ids: Tensor, targets: Tensor): Tensor }) {
  const digits = Array.from({ length: 13 }, (_, i) => (10 + by * (i % 10)) % 10);
  return of.loss(tensor(digits.slice(0, 12), [1, 12], "int32"), tensor(digits.slice(1), [1, 12], "int32"));
}

async function count(of: { forward(ids: Tensor): Tensor }) {
  const counted = [0];
  while (counted.length < 8) {
    const logits = [...(await of.forward(tensor(counted, [1, counted.length], "int32")).data())].slice(-10);
    counted.push(logits.indexOf(Math.max(...logits)));
  }
  return counted.join(" ");
}

teach(model.parameters(), 60, () => counting(1, model));
console.log(`the model:        ${await count(model)} (${model.numParameters} weights)`);

const adapted = lora(model, { rank: 2, alpha: 8, targets: "all-linear", seed: 2 });
teach(adapted.parameters(), 60, () => counting(-1, adapted));
console.log(`with its adapter: ${await count(adapted)} (${adapted.numParameters} more)`);
console.log(`the model:        ${await count(model)}`);

adapted.merge(); // saveAdapter(folder) would store the adapter alone, as PEFT does
console.log(`merged:           ${await count(model)}`);
adapted.unmerge();
console.log(`taken out again:  ${await count(model)}`);

// Output:
// the model:        0 1 2 3 4 5 6 7 (3664 weights)
// with its adapter: 0 9 8 7 6 5 4 3 (512 more)
// the model:        0 1 2 3 4 5 6 7
// merged:           0 9 8 7 6 5 4 3
// taken out again:  0 1 2 3 4 5 6 7

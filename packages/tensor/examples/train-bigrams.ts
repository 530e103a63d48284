// The smallest language model: each letter of a text predicts the next through one table, trained with AdamW.

import {
  adamw,
  crossEntropy,
  embedding,
  parameter,
  randomNormal,
  scope,
  softmax,
  tensor,
  useEngine,
  valueAndGrad,
  zeros,
} from "@llm/tensor";

await useEngine("auto");

const text = "the cat sat on the mat. the rat sat on the cat. ";
const letters = [...new Set(text)].sort();
const ids = [...text].map((letter) => letters.indexOf(letter));
const V = letters.length;

const inputs = tensor(ids.slice(0, -1), [ids.length - 1], "int32");
const targets = tensor(ids.slice(1), [ids.length - 1], "int32");
const start = await randomNormal([V, V], { std: 0.02, seed: 1 }).data();
const table = parameter("table", start, [V, V]); // row: a letter; column: the score of the one that follows
const state = { m: zeros([V, V]), v: zeros([V, V]) };

for (let step = 1; step <= 100; step++) {
  await scope(async () => {
    const { value, grads } = valueAndGrad(() => crossEntropy(embedding(inputs, table), targets), [table]);
    adamw(table, grads[0]!, state, { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, step });
    if (step === 1 || step % 50 === 0)
      console.log(`step ${step}: loss ${(await value.data())[0]!.toFixed(2)}`);
  });
}

const after = await softmax(embedding(tensor([letters.indexOf("a")], [1], "int32"), table)).data();
console.log(`after "a" comes "${letters[after.indexOf(Math.max(...after))]}"`);

// Output:
// step 1: loss 2.48
// step 50: loss 0.65
// step 100: loss 0.64
// after "a" comes "t"

// A block as Llama has it: RMS norms, rotary positions, grouped-query attention, a gated unit; trained for a few steps.

import {
  adamw,
  add,
  embedding,
  linear,
  linearCrossEntropy,
  type Parameter,
  parameter,
  randomNormal,
  residualRmsNorm,
  rmsNorm,
  ropeQkv,
  ropeTable,
  scope,
  selfAttention,
  swiglu,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  zeros,
} from "@llm/tensor";

await useEngine("auto");

const [T, V, C, nHead, nKvHead, D] = [16, 11, 32, 4, 2, 8];
const parameters: Parameter[] = [];
const make = async (...shape: number[]): Promise<Parameter> => {
  const values = await randomNormal(shape, { std: 0.1, seed: 1, stream: parameters.length }).data();
  const made = parameter(`${parameters.length}`, values, shape);
  parameters.push(made);
  return made;
};
const table = await make(V, C);
const qkv = await make(C, (nHead + 2 * nKvHead) * D); // columns q|k|v
const projection = await make(nHead * D, C);
const up = await make(C, 2 * 3 * C); // columns gate|up
const down = await make(3 * C, C);
const angles = ropeTable(T, D);

/** (T) ids -> (1, T, C), to be multiplied by the table for the scores of the next token. */
const forward = (ids: Tensor): Tensor => {
  const x = embedding(ids, table); // (1, T, C)
  const heads = ropeQkv(linear(rmsNorm(x), qkv), angles, { nHead, nKvHead });
  const attended = linear(selfAttention(heads, { nHead, nKvHead, window: 8 }), projection);
  const { sum, normed } = residualRmsNorm(x, attended);
  return rmsNorm(add(sum, linear(swiglu(linear(normed, up)), down)));
};

const ids = Int32Array.from({ length: T + 1 }, (_, t) => (t * t) % V);
const inputs = tensor(ids.subarray(0, T), [1, T], "int32");
const targets = tensor(ids.subarray(1), [1, T], "int32");
const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
for (let step = 1; step <= 30; step++) {
  await scope(async () => {
    const loss = () => linearCrossEntropy(forward(inputs), table, targets);
    const { value, grads } = valueAndGrad(loss, parameters);
    const options = { lr: 0.01, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0, step };
    for (const [i, each] of parameters.entries()) adamw(each, grads[i]!, states[i]!, options);
    if (step % 15 === 0) console.log(`step ${step}: loss ${(await value.data())[0]!.toFixed(2)}`);
  });
}

// Output:
// step 15: loss 0.11
// step 30: loss 0.02

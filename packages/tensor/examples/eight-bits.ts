// Weights in 8 bits: a quarter of the memory that a decoding step has to read, and what it costs in precision.

import { linear, quantize, quantizedLinear, randomNormal, useEngine } from "@llm/tensor";

await useEngine("auto");

const weight = randomNormal([512, 256], { std: 0.02, seed: 1 }); // (N, K)
const x = randomNormal([1, 256], { seed: 2 });

const small = quantize(weight); // values int8 (N, K), one scale per row
const exact = await linear(x, weight, null, { transposed: true }).data();
const rounded = await quantizedLinear(x, small).data();

let [error, size] = [0, 0];
exact.forEach((value, i) => {
  error += (rounded[i]! - value) ** 2;
  size += value ** 2;
});
console.log(`${small.values.dtype}, relative error ${(100 * Math.sqrt(error / size)).toFixed(1)}%`);

// Output:
// int8, relative error 0.7%

// Where a training step spends its time and memory: what one layer calls, forward and backward.

import { linear, mean, parameter, profile, scope, tensor, useEngine, valueAndGrad } from "@llm/tensor";

await useEngine("auto");
const weight = parameter("weight", new Float32Array(64 * 256).fill(0.01), [64, 256]);
const bias = parameter("bias", new Float32Array(256), [256]);
const x = tensor(new Float32Array(32 * 64).fill(1), [32, 64]);

const step = await profile(() =>
  scope(async () => {
    const loss = () => mean(linear(x, weight, bias, { activation: "gelu" }));
    const { value } = valueAndGrad(loss, [weight, bias]);
    return (await value.data())[0]!; // waits for the engine
  }),
);

console.log("loss", step.value.toFixed(4));
const { calls, flops } = step.kernels.find(({ kernel }) => kernel === "gemm")!;
console.log(`matrix products: ${calls} calls, ${flops} operations`);
const { startBytes, peakBytes, endBytes } = step.memory;
if (peakBytes > startBytes && endBytes === startBytes) console.log("all memory was given back");
// console.log(step.table()) shows times; step.chromeTrace() is for chrome://tracing or ui.perfetto.dev.

// Output:
// loss 0.4729
// matrix products: 2 calls, 2097152 operations
// all memory was given back

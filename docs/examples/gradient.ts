// A gradient two ways: by the tape, and by moving one weight a little and looking at the loss.
import { crossEntropy, linear, parameter, tensor, useEngine, valueAndGrad, write } from "@llm/tensor";

await useEngine("reference", { precision: "float64" });

const x = tensor([1, -2, 0.5, 0.25, 1, -1], [2, 3]); // two positions of width 3
const targets = tensor([1, 3], [2], "int32");
const start = [0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8, -0.9, 1.0, 0.2, -0.3];
const weight = parameter("weight", start, [3, 4]); // four classes

const loss = () => crossEntropy(linear(x, weight), targets);
const valueAt = async (i: number, w: number) => {
  write(weight, [w], i);
  const value = (await loss().data())[0]!;
  write(weight, [start[i]!], i);
  return value;
};

const { value, grads } = valueAndGrad(loss, [weight]);
console.log(`loss ${(await value.data())[0]!.toFixed(4)}`);

const byTape = await grads[0]!.data();
const h = 1e-4;
for (const i of [0, 5, 11]) {
  const slope = ((await valueAt(i, start[i]! + h)) - (await valueAt(i, start[i]! - h))) / (2 * h);
  console.log(`weight ${i}: tape ${byTape[i]!.toFixed(6)}, difference ${slope.toFixed(6)}`);
}

// Output:
// loss 0.6131
// weight 0: tape 0.079161, difference 0.079161
// weight 5: tape 0.175282, difference 0.175282
// weight 11: tape 0.336353, difference 0.336353

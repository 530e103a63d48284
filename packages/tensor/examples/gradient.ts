// What a gradient is: fit a line to four points, and compare the gradient with a finite difference.

import { add, mean, mul, parameter, scale, scope, tensor, useEngine, valueAndGrad, write } from "@llm/tensor";

await useEngine("reference", { precision: "float64" });

const x = tensor([0, 1, 2, 3], [4]);
const y = tensor([1, 3, 5, 7], [4]); // y = 2 x + 1
const slope = parameter("slope", [0, 0, 0, 0], [4]);

/** Mean of (slope * x + 1 - y)^2. */
const loss = () => {
  const error = add(add(mul(slope, x), tensor([1, 1, 1, 1], [4])), scale(y, -1));
  return mean(mul(error, error));
};

const { value, grads } = valueAndGrad(loss, [slope]);
console.log("loss", (await value.data())[0]);
console.log("gradient", [...(await grads[0]!.data())].map((g) => g.toFixed(4)).join(" "));

write(slope, [1e-6], 1); // move slope[1] a little
const moved = scope(loss);
console.log(
  "slope of the loss by slope[1]",
  (((await moved.data())[0]! - (await value.data())[0]!) / 1e-6).toFixed(4),
);

// Output:
// loss 14
// gradient 0.0000 -1.0000 -4.0000 -9.0000
// slope of the loss by slope[1] -1.0000

import { accumulate, type Parameter, parameter, randomNormal, randomUniform, scope } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";
import { layout, sizeOf } from "./layout.js";

/** New weights, each a function of the seed and its place in the layout. */
export function initialWeights(config: CompleteGptConfig, seed: number): Map<string, Parameter> {
  const weights = new Map<string, Parameter>();
  for (const [stream, { name, shape, init }] of layout(config).entries()) {
    const data = new Float32Array(sizeOf(shape));
    if ("value" in init) data.fill(init.value);
    const weight = parameter(name, data, shape);
    if ("std" in init) {
      const { std } = init;
      scope(() => accumulate(weight, randomNormal(shape, { mean: 0, std, seed, stream })));
    }
    if ("low" in init) {
      scope(() => accumulate(weight, randomUniform(shape, { ...init, seed, stream })));
    }
    weights.set(name, weight);
  }
  return weights;
}

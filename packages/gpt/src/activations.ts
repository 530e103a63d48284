import { type Activation, gelu, relu2, silu, type Tensor } from "@llm/tensor";

/** Each activation as an operation of its own, where no product takes it along. */
export const ACTIVATIONS: Readonly<Record<Activation, (x: Tensor) => Tensor>> = {
  gelu: (x) => gelu(x),
  "gelu-erf": (x) => gelu(x, { approximate: "none" }),
  relu2,
  silu,
};

import { scale, type Tensor } from "@llm/tensor";
import type { Optimizer } from "../../src/index.js";

/** An optimiser that changes nothing and keeps the gradients it is given, of each update. */
export function recording(): Optimizer & { updates: Tensor[][] } {
  const updates: Tensor[][] = [];
  return {
    updates,
    description: { name: "recording" },
    start: () => ({
      update: (grads) => void updates.push(grads.map((grad) => scale(grad, 1))),
      tensors: () => new Map(),
      dispose: () => {},
    }),
  };
}

import type { TensorDescription } from "./description.js";
import { evaluate, type Values } from "./evaluate.js";

/** Computes what these descriptions say, in their order, from the values there are; what is there already stays. */
export function derive(descriptions: readonly TensorDescription[], tensors: Map<string, Values>): void {
  const ids = tensors.get("ids")!.shape;
  const inDouble = tensors.get("wte.weight")!.data instanceof Float64Array;
  for (const { name, shape: extents, cell } of descriptions) {
    if (!cell || tensors.has(name)) continue;
    const shape = concrete(extents, ids);
    const size = shape.reduce((product, extent) => product * extent, 1);
    const data = inDouble ? new Float64Array(size) : new Float32Array(size);
    evaluate(cell, shape, (name) => tensors.get(name)!, data);
    tensors.set(name, { shape, data });
  }
}

/** A described shape for ids of shape (B, T). */
export function concrete(shape: TensorDescription["shape"], ids: readonly number[]): number[] {
  return shape.map((extent) => (extent === "B" ? ids[0]! : extent === "T" ? ids[1]! : extent));
}

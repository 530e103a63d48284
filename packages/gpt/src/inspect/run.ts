import { cast, linear, scope, type Tensor } from "@llm/tensor";
import type { Gpt } from "../gpt.js";
import type { TensorDescription } from "./description.js";
import type { Values } from "./evaluate.js";
import { type Patches, patching } from "./patch.js";

/** The activations of a forward pass, and those of `extra` that are products with a weight: their kernels are fast. */
export async function run(
  model: Gpt,
  ids: Tensor,
  replaced: Patches,
  extra: readonly TensorDescription[] = [],
): Promise<Map<string, Values>> {
  const made = scope(() => {
    const made = new Map<string, Tensor>();
    model.forward(ids, {
      capture: patching(replaced, (name, tensor) => made.set(name, tensor)),
    });
    const weights = new Map(model.parameters().map((weight) => [weight.name, weight]));
    for (const { name, cell } of extra) {
      if (made.has(name) || cell?.kind !== "dot") continue;
      const x = replaced[cell.a.tensor] ?? made.get(cell.a.tensor);
      const weight = weights.get(cell.b.tensor);
      if (!x || !weight) continue;
      const along = cell.b.at.indexOf("each");
      if (weight.shape[along] !== x.shape.at(-1)) continue; // of some columns only
      const bias = cell.bias && weights.get(cell.bias.tensor)!;
      made.set(name, linear(x, weight, bias, { transposed: along === 1 }));
    }
    return made;
  });
  try {
    return new Map(await allValues(made));
  } finally {
    for (const tensor of made.values()) tensor.dispose();
  }
}

/** Reads tensors back, by name. */
export function allValues(tensors: Iterable<readonly [string, Tensor]>) {
  return Promise.all([...tensors].map(async ([name, tensor]) => [name, await valuesOf(tensor)] as const));
}

async function valuesOf(x: Tensor): Promise<Values> {
  const readable = x.dtype === "bfloat16" ? cast(x, "float32") : x;
  const data = (await readable.data()) as Values["data"];
  if (readable !== x) readable.dispose();
  return { shape: x.shape, data };
}

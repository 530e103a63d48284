import { scope, type Tensor } from "@llm/tensor";
import { type Gpt, madeOf } from "../gpt.js";
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
    const { weights, frozen, product } = madeOf(model);
    for (const { name, cell } of extra) {
      if (made.has(name) || cell?.kind !== "dot") continue;
      const x = replaced[cell.a.tensor] ?? made.get(cell.a.tensor);
      const weight = weights.get(cell.b.tensor) ?? frozen.get(cell.b.tensor);
      const along = cell.b.at.indexOf("each");
      if (!x || !weight || weight.shape[along] !== x.shape.at(-1)) continue; // no matrix, or one for some columns of x
      const bias = cell.bias ? weights.get(cell.bias.tensor)! : null;
      made.set(name, product(x, weight.name.replace(/\.weight$/, ""), { bias, transposed: along === 1 }));
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

/** The values of a model's weights; of those in fewer bits what they stand for. */
export async function weightsOf(model: Gpt): Promise<(readonly [string, Values])[]> {
  const { weights, frozen } = madeOf(model);
  const rest = [...frozen].map(
    async ([name, weight]) => [name, { shape: weight.shape, data: await weight.data() }] as const,
  );
  return [...(await allValues(weights)), ...(await Promise.all(rest))];
}

async function valuesOf(x: Tensor): Promise<Values> {
  return { shape: x.shape, data: (await x.data()) as Values["data"] };
}

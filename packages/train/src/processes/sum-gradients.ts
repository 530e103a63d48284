import { type Parameter, type Tensor, tensor } from "@llm/tensor";
import type { Team } from "./team.js";

/** Numbers that are added up at a time: between two such buckets the event loop has its turn. */
const BUCKET = 2 ** 20;

/** A sum over batches, still to be divided by `divisor`. */
export interface Sums {
  readonly losses: Tensor[];
  readonly grads: Tensor[];
  readonly divisor: number;
}

/**
 * The sums of one process become those of all. Everything lies in one flat list: loss, divisor, then the gradients.
 * @param own frees its tensors; without gradients where nothing counts
 * @returns undefined when the run is over
 */
export async function sumGradients(
  team: Team,
  own: Sums,
  parameters: readonly Parameter[],
): Promise<Sums | undefined> {
  const { losses, grads, divisor } = own;
  let flat: Float32Array | Float64Array;
  try {
    const first = await (grads[0] ?? parameters[0]!).data();
    const List = first instanceof Float64Array ? Float64Array : Float32Array;
    flat = new List(parameters.reduce((size, p) => size + p.size, 2));
    flat[1] = divisor;
    for (const loss of losses) flat[0]! += (await loss.data())[0]!;
    let at = 2;
    for (const grad of grads) {
      flat.set(grad === grads[0] ? first : await grad.data(), at);
      at += grad.size;
    }
  } finally {
    for (const each of [...losses, ...grads]) each.dispose();
  }
  const buckets = Array.from({ length: Math.ceil(flat.length / BUCKET) }, (_, i) =>
    flat.subarray(i * BUCKET, (i + 1) * BUCKET),
  );
  if (!(await team.sum(...buckets))) return undefined;
  const [loss, total] = flat;
  let at = 2;
  const sums = parameters.map(({ shape, size }) => {
    const values = flat.subarray(at, at + size);
    at += size;
    return tensor(values, shape);
  });
  return { losses: [tensor([loss!], [])], grads: sums, divisor: total! };
}

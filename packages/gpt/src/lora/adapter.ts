// The arithmetic of LoRA (Hu et al., 2021): y = x W + s (x A') B', where A (rank, in) and B (out, rank) are learned.
import { concat, dropout, linear, matmul, type Parameter, scale, type Tensor, zeros } from "@llm/tensor";
import { ACTIVATIONS } from "../activations.js";
import type { Product, ProductOptions } from "../pass.js";
import type { Module } from "./modules.js";

/** What is learned for one module. */
export interface Adapter {
  readonly module: Module;
  /** (rank, in) */
  readonly a: Parameter;
  /** (out, rank) */
  readonly b: Parameter;
  /** The stream of its dropout's random numbers. */
  readonly stream: number;
}

/** A product with a matrix, and with the adapters of its columns. */
export function adapted(
  own: Product,
  adaptersOf: (matrix: string) => readonly Adapter[],
  { scaling, p }: { scaling: number; p: number },
): Product {
  return (x, name, options) => {
    const adapters = adaptersOf(name);
    if (adapters.length === 0) return own(x, name, options);
    const { activation, training, ...rest } = options;
    const drop = (stream: number) => (training && p > 0 ? dropout(x, p, { ...training, stream }) : x);
    const narrow = adapters.map(({ a, stream }) => linear(drop(stream), a, null, { transposed: true }));
    const base = own(x, name, rest satisfies ProductOptions);
    const inner = scale(narrow.length > 1 ? concat(narrow, 2) : narrow[0]!, scaling); // (B, T, adapters x rank)
    const outer = blocks(adapters, base.shape.at(-1)!);
    const y = linear(inner, outer, null, { transposed: true, residual: base });
    return activation ? ACTIVATIONS[activation](y) : y;
  };
}

/** What the adapters of one matrix add to it, without their scale: (in, out), and (out, in) where it is transposed. */
export function change(adapters: readonly Adapter[], outputs: number, transposed: boolean): Tensor {
  const a =
    adapters.length > 1
      ? concat(
          adapters.map(({ a }) => a),
          0,
        )
      : adapters[0]!.a;
  const b = blocks(adapters, outputs);
  return transposed ? matmul(b, a) : matmul(a, b, { transposeA: true, transposeB: true });
}

/** The B of all adapters of a matrix, each in the rows of its outputs and the columns of its rank: (outputs, adapters x rank). */
function blocks(adapters: readonly Adapter[], outputs: number): Tensor {
  if (adapters.length === 1 && adapters[0]!.module.outputs === outputs) return adapters[0]!.b;
  const rank = adapters[0]!.b.shape[1]!;
  const width = adapters.length * rank;
  const rows: Tensor[] = [];
  let end = 0;
  for (const [i, { module, b }] of adapters.entries()) {
    if (module.from > end) rows.push(zeros([module.from - end, width]));
    const [before, after] = [i * rank, width - (i + 1) * rank];
    const row = [
      ...(before > 0 ? [zeros([module.outputs, before])] : []),
      b,
      ...(after > 0 ? [zeros([module.outputs, after])] : []),
    ];
    rows.push(row.length > 1 ? concat(row, 1) : b);
    end = module.from + module.outputs;
  }
  if (end < outputs) rows.push(zeros([outputs - end, width]));
  return concat(rows, 0);
}

import type { AttentionArgs, AttentionBackwardArgs, GemmArgs } from "../kernel-arguments.js";

/** Query-key pairs of causal attention: query t sees start + t + 1 keys. What hides more, or places rows apart, is left out. */
const pairs = (queries: number, start: number) => queries * start + (queries * (queries + 1)) / 2;

/** A multiplication and an addition for each of m n k terms. */
const gemm = ({ m, n, k, batch }: GemmArgs) => 2 * m * n * k * batch;

/** Two products over the pairs: q k and weights v. */
const attention = ({ queries, start, batch, nHead, headDim }: AttentionArgs) =>
  2 * 2 * batch * nHead * headDim * pairs(queries, start);

/** Five: q k once more, and the gradients of the weights, of v, of q and of k. */
const attentionBackward = ({ length, batch, nHead, headDim }: AttentionBackwardArgs) =>
  5 * 2 * batch * nHead * headDim * pairs(length, 0);

const counts: Readonly<Record<string, (args: never) => number>> = { gemm, attention, attentionBackward };

/** Floating-point operations of a kernel call where the kernel is one whose products count, else undefined. */
export function flopsOf(kernel: string, args: unknown): number | undefined {
  return Object.hasOwn(counts, kernel) ? counts[kernel]!(args as never) : undefined;
}

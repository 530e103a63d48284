import type { Explanation } from "@llm/gpt/inspect";
import { short } from "../short.js";

/** Two numbers that are multiplied. */
export interface Product {
  readonly a: number;
  readonly b: number;
  /** Their tensors. */
  readonly of: string;
  readonly by: string;
  /** What the sum is multiplied by. */
  readonly scale: number;
}

/** The pairs that are multiplied; none where the cell is no such sum. */
export function productsOf(operands: Explanation["operands"]): Product[] {
  const [as, bs] = ["a", "b"].map((role) => operands.filter((operand) => operand.role === role));
  if (!as!.length || as!.length !== bs!.length || as!.length === 1) return [];
  const largest = bs!.reduce(
    (most, { value }, at) => (Math.abs(value) > Math.abs(bs![most]!.value) ? at : most),
    0,
  );
  const scale = bs![largest]!.value === 0 ? 1 : as![largest]!.coefficient! / bs![largest]!.value;
  return as!.map(({ value, tensor }, at) => ({
    ...{ a: value, b: bs![at]!.value, of: tensor, by: bs![at]!.tensor },
    scale: Math.abs(scale - 1) < 1e-9 ? 1 : scale,
  }));
}

/** What a product is scaled by, as a root where it is one, and in numbers. */
export function scaleWords(scale: number): [words: string, numbers: string] {
  const root = 1 / scale ** 2;
  const isRoot = Math.abs(root - Math.round(root)) < 1e-3;
  return isRoot
    ? [`/ √${Math.round(root)}`, `/ ${short(1 / scale)}`]
    : [`× ${short(scale)}`, `× ${short(scale)}`];
}

/** "Their sum is 3.2 / √16 = 0.8." */
export function sumWords({ operands, captured }: Explanation, products: readonly Product[]): string {
  const total = products.reduce((sum, { a, b }) => sum + a * b, 0);
  const { scale } = products[0]!;
  const bias = operands.find(({ role }) => role === "bias")?.value;
  // With one digit more than what is made of it, that is seen to be so.
  const sum = Number(total.toPrecision(scale === 1 ? 3 : 4));
  return `${sum}${scale === 1 ? "" : ` ${scaleWords(scale)[0]}`}${bias === undefined ? "" : ` + a bias of ${short(bias)}`}${scale === 1 && bias === undefined ? "" : ` = ${short(captured)}`}`;
}

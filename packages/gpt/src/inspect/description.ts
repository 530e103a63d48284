import type { Activation } from "@llm/tensor";
import type { CompleteRope } from "../config.js";

/** One tensor of the forward pass: a weight, the input, or what an operation makes of others. Plain data, fit for JSON. */
export interface TensorDescription {
  readonly name: string;
  readonly kind: "weight" | "input" | "table" | "activation";
  /** Extents; `"B"` (rows) and `"T"` (positions) are the caller's. */
  readonly shape: readonly (number | "B" | "T")[];
  /** What makes an activation, in words. */
  readonly operation?: string;
  /** Names of the listed tensors it depends on directly, in the order in which it takes them. */
  readonly inputs: readonly string[];
  /** How a cell of a table or an activation depends on cells. */
  readonly cell?: Operation;
  /** The steps between `inputs` and `cell` that the list leaves out without `detail`. */
  readonly parts?: readonly TensorDescription[];
}

/** The cell, or row of cells, of another tensor that a cell reads: an index for each of its axes. */
export interface Read {
  readonly tensor: string;
  readonly at: readonly Index[];
}

/**
 * An index along one axis of what is read: a number, every index in turn ("each"), one that follows from the index i of the
 * reading cell along one of its own axes, floor(i / over) % modulo * times + plus, or the value of another cell.
 */
export type Index =
  | number
  | "each"
  | {
      readonly axis: number;
      /** Default 1. */
      readonly over?: number;
      /** Default: none. */
      readonly modulo?: number;
      /** Default 1. */
      readonly times?: number;
      /** Default 0. */
      readonly plus?: Index;
    }
  | { readonly value: Read };

/** How one cell follows from others. Its own index is (i0, i1, ..). */
export type Operation =
  /** The value of another cell, as in a reshape or a slice; in a "lookup" its index is itself a value. */
  | { readonly kind: "copy" | "lookup"; readonly x: Read }
  /** The sum of some cells. */
  | { readonly kind: "add"; readonly terms: readonly Read[] }
  /** The product of two cells. */
  | { readonly kind: "multiply"; readonly a: Read; readonly b: Read }
  /** factor x. */
  | { readonly kind: "scale"; readonly x: Read; readonly factor: number }
  /** scale (sum over "each" of a b) + bias; the sum is as long as the shorter of both. */
  | {
      readonly kind: "dot";
      readonly a: Read;
      readonly b: Read;
      readonly scale?: number;
      readonly bias?: Read;
    }
  /** The mean of a row, or the largest of it. */
  | { readonly kind: "mean" | "max"; readonly x: Read }
  /** 1 / sqrt(mean of (x - mean)^2 over a row + eps); without `mean` nothing is subtracted. */
  | { readonly kind: "rstd"; readonly x: Read; readonly mean?: Read; readonly eps: number }
  /** (x - mean) rstd (gain + gainOffset) + bias. */
  | {
      readonly kind: "norm";
      readonly x: Read;
      readonly mean?: Read;
      readonly rstd: Read;
      readonly gain?: Read;
      readonly gainOffset: number;
      readonly bias?: Read;
    }
  /**
   * x cos - y sin in the first column of a pair, x cos + y sin in the second, x itself beyond `rotaryDim` columns. y is the
   * other column of the pair: pairs are (2i, 2i + 1) if `interleaved`, else (i, i + rotaryDim / 2). A row of `table` holds
   * the cosines of all pairs, then the sines.
   */
  | {
      readonly kind: "rotate";
      readonly x: Read;
      readonly table: Read;
      readonly rotaryDim: number;
      readonly interleaved: boolean;
    }
  /** cos or sin of the angle of position i0 by these frequencies, for sequences of at most `blockSize`: a rotation's table. */
  | { readonly kind: "angles"; readonly rope: CompleteRope; readonly blockSize: number }
  /** x where the key, its last index, is not after the query, the index before, nor `window` or more before it; else -Infinity. */
  | { readonly kind: "mask"; readonly x: Read; readonly window: number }
  /** The sum of exp(x - max) over a row. */
  | { readonly kind: "sum-exp"; readonly x: Read; readonly max: Read }
  /** exp(x - max) / sum, with what a "max" and a "sum-exp" made of x's row: they are exp(x) as shares of their sum. */
  | { readonly kind: "softmax"; readonly x: Read; readonly max: Read; readonly sum: Read }
  /** cap tanh(x / cap). */
  | { readonly kind: "softcap"; readonly x: Read; readonly cap: number }
  /** A nonlinearity. */
  | { readonly kind: "activation"; readonly x: Read; readonly function: Activation | "sigmoid" };

/** All that an operation reads, in the order in which it takes it. */
export function readsOf(operation: Operation): Read[] {
  const reads = Object.values(operation).flat().filter(isRead);
  return reads.flatMap((read) => [...read.at.flatMap(within), read]);
}

function isRead(value: unknown): value is Read {
  return typeof value === "object" && value !== null && "tensor" in value;
}

/** What is read to know where to read. */
function within(index: Index): Read[] {
  if (typeof index !== "object") return [];
  if ("value" in index) return readsOf({ kind: "copy", x: index.value });
  return index.plus === undefined ? [] : within(index.plus);
}

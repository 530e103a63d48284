import type { Kinds } from "@llm/platform/options";
import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { record, scratchFor, to, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor, tensor } from "../tensor.js";
import { integers, requireFinite, requireOptions, requireType } from "./checks.js";

/** How `rope` turns its pairs. */
export interface RopeOptions {
  /** The position of the first row: the number of positions in a cache. Default 0. */
  offset?: number;
  /** The position of each row by itself, int32 (B, T), in place of offset + t. One outside the table is an IndexError. */
  positions?: Tensor;
  /** Pairs are neighbours (2i, 2i + 1), as in GPT-J; by default (i, i + rotaryDim / 2), as in Llama. */
  interleaved?: boolean;
  /** Turns by the negative angles, as nanochat does. */
  inverse?: boolean;
}

const ROPE: Kinds<RopeOptions> = {
  offset: "any",
  positions: "object",
  interleaved: "boolean",
  inverse: "boolean",
};

/**
 * The angles of rotary position embedding (Su et al., 2021), for `rope`: row p holds cos(p f_i), then sin(p f_i), for
 * the rotaryDim / 2 frequencies f_i = base^(-2i / rotaryDim): (positions, rotaryDim). Where `frequencies` are given
 * they are taken instead: that is how scaled and truncated variants are made.
 */
export function ropeTable(
  positions: number,
  rotaryDim: number,
  options: { base?: number; frequencies?: ArrayLike<number> } = {},
): Tensor {
  requireOptions("ropeTable", options, { base: "any", frequencies: "list" });
  const { base = 10_000 } = options;
  const half = rotaryDim / 2;
  if (!Number.isSafeInteger(half) || half < 1) {
    throw new ShapeError(`ropeTable: rotaryDim must be even and positive, not ${rotaryDim}.`);
  }
  requireFinite("ropeTable", "base", base);
  const frequencies =
    options.frequencies ?? Float64Array.from({ length: half }, (_, i) => base ** (-i / half));
  if (frequencies.length !== half) {
    throw new ShapeError(
      `ropeTable: rotaryDim ${rotaryDim} needs ${half} frequencies, not ${frequencies.length}.`,
    );
  }
  const values = new Float64Array(Math.max(0, positions) * rotaryDim);
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < half; i++) {
      values[p * rotaryDim + i] = Math.cos(p * frequencies[i]!);
      values[p * rotaryDim + half + i] = Math.sin(p * frequencies[i]!);
    }
  }
  return tensor(values, [positions, rotaryDim]);
}

interface Heads {
  readonly heads: number;
  readonly rotated: number;
  readonly headDim: number;
}

function rotate(op: string, x: Tensor, table: Tensor, heads: Heads, options: RopeOptions): Tensor {
  const { offset = 0, interleaved = false, inverse = false } = options;
  const on = engine();
  const length = x.shape[1]!;
  const [positions, rotaryDim] = table.shape;
  requireType(op, "table", table, "float32");
  if (table.shape.length !== 2 || rotaryDim! % 2 !== 0 || rotaryDim! > heads.headDim) {
    throw new ShapeError(
      `${op}: table of shape ${show(table.shape)} does not fit heads of ${heads.headDim} columns. Make it with ropeTable.`,
    );
  }
  const places = integers(op, "positions", options.positions, [x.shape[0]!, length]);
  if (!Number.isSafeInteger(offset) || offset < 0 || (!places && offset + length > positions!)) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} at offset ${offset} reaches past the ${positions} positions of the table.`,
    );
  }
  const angles = storageOf(table, op);
  const out = result(x.shape);
  const args = {
    ...heads,
    table: angles.buffer,
    rows: x.shape[0]! * length,
    length,
    offset,
    positions: places?.buffer ?? null,
    rotaryDim: rotaryDim!,
    interleaved,
  };
  on.rope({ ...args, x: storageOf(x, op).buffer, out: to(storageOf(out, op).buffer), inverse });
  if (tracked(x)) {
    record(out, places ? [angles, places] : [angles], (dOut, gradients) => {
      const dX = scratchFor(dOut);
      on.rope({ ...args, x: dOut.buffer, out: to(dX.buffer), inverse: !inverse });
      gradients.give(x, dX);
    });
  }
  return out;
}

/**
 * Rotary position embedding of every head of x (B, T, H, D): each pair (a, b) of its first rotaryDim columns becomes
 * (a cos - b sin, b cos + a sin), with the angles of position offset + t, or of each row's own, in `table` (see
 * `ropeTable`).
 */
export function rope(x: Tensor, table: Tensor, options: RopeOptions = {}): Tensor {
  requireOptions("rope", options, ROPE);
  requireType("rope", "x", x, "float32");
  const [, , heads, headDim] = x.shape;
  if (x.shape.length !== 4) {
    throw new ShapeError(
      `rope: x has shape ${show(x.shape)}, but (batch, length, heads, headDim) is needed.`,
    );
  }
  return rotate("rope", x, table, { heads: heads!, rotated: heads!, headDim: headDim! }, options);
}

/** `rope` of the queries and keys inside a fused projection qkv (B, T, (nHead + 2 nKvHead) D), columns q|k|v. */
export function ropeQkv(
  qkv: Tensor,
  table: Tensor,
  options: RopeOptions & { nHead: number; nKvHead?: number },
): Tensor {
  requireOptions("ropeQkv", options, { ...ROPE, nHead: "number!", nKvHead: "number" });
  const { nHead, nKvHead = nHead } = options;
  requireType("ropeQkv", "qkv", qkv, "float32");
  const heads = nHead + 2 * nKvHead;
  const headDim = (qkv.shape[2] ?? 0) / heads;
  if (qkv.shape.length !== 3 || !Number.isSafeInteger(headDim) || headDim < 1) {
    throw new ShapeError(
      `ropeQkv: qkv of shape ${show(qkv.shape)} cannot be split into ${nHead} query and twice ${nKvHead} key/value heads.`,
    );
  }
  return rotate("ropeQkv", qkv, table, { heads, rotated: nHead + nKvHead, headDim }, options);
}

import type { RopeArgs } from "../../kernel-arguments.js";
import { positionsOf } from "../reference/batch-places.js";
import type { Device } from "./device.js";
import { placeText } from "./embedding.js";
import { adds, each, put } from "./wgsl.js";

/** Each pair (a, b) becomes (a cos - b sin, b cos + a sin); see Engine.rope. An invocation has a pair, or a column that stays. */
export function rope(on: Device, args: RopeArgs): void {
  const { x, table, out, rows, length, offset, heads, rotated, headDim, rotaryDim } = args;
  const { interleaved, inverse, positions } = args;
  positionsOf("rope", args, table.length / rotaryDim, (buffer) => on.ids(buffer));
  const half = rotaryDim / 2;
  const units = half + headDim - rotaryDim;
  each(on, rows * heads * units, {
    key: `rope ${interleaved} ${inverse} ${positions ? "each" : ""} ${adds(out)}`,
    read: { x, table, positions },
    write: { out: out.buffer },
    ints: { length, offset, heads, rotated, headDim, half, units },
    code: () => `
let head = i / p.units;
let unit = i % p.units;
let start = head * p.headDim;
if (unit >= p.half) {
  let at = start + p.half + unit;
  let value = $x[at];
  ${put(out, "out", "at", "value")}
  return;
}
let first = start + ${interleaved ? "2u * unit" : "unit"};
let second = ${interleaved ? "first + 1u" : "first + p.half"};
let r = head / p.heads;
let angles = ${placeText(positions, "r")} * 2u * p.half;
var cosine = 1.0;
var sine = 0.0;
if (head % p.heads < p.rotated) {
  cosine = $table[angles + unit];
  sine = ${inverse ? "-" : ""}$table[angles + p.half + unit];
}
let a = $x[first];
let b = $x[second];
${put(out, "out", "first", "a * cosine - b * sine")}
${put(out, "out", "second", "b * cosine + a * sine")}`,
  });
}

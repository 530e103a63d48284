import { type Address, at } from "../assembler/operand.js";

/**
 * Row i of a weight, from a register at every fourth row: `base` is the one before it. Two others hold the distance of rows in
 * bytes, and three times that.
 */
export function placeOfRow(
  base: number,
  i: number,
  stride: number,
  threeRows: number,
  displacement = 0,
): Address {
  const scale = i % 4;
  if (scale === 0) return at(base, displacement);
  if (scale === 3) return { base, index: threeRows, displacement };
  return { base, index: stride, scale: scale as 1 | 2, displacement };
}

import type { RopeArgs } from "../../kernel-arguments.js";
import { positionsOf } from "./batch-places.js";
import { values } from "./buffers.js";

/** Each pair (a, b) becomes (a cos - b sin, b cos + a sin); see Engine.rope. */
export function rope(args: RopeArgs): void {
  const { rows, length, offset, heads, rotated, headDim, rotaryDim, interleaved } = args;
  const x = values(args.x);
  const table = values(args.table);
  const out = values(args.out.buffer);
  const positions = positionsOf("rope", args, table.length / rotaryDim, values);
  const put = (at: number, value: number) => {
    out[at] = args.out.accumulate ? out[at]! + value : value;
  };
  const half = rotaryDim / 2;
  for (let head = 0; head < rows * heads; head++) {
    const start = head * headDim;
    const row = Math.floor(head / heads);
    const angles = (positions ? positions[row]! : offset + (row % length)) * rotaryDim;
    const turned = head % heads < rotated ? rotaryDim : 0;
    for (let i = 0; i < turned / 2; i++) {
      const first = start + (interleaved ? 2 * i : i);
      const second = interleaved ? first + 1 : first + half;
      const cos = table[angles + i]!;
      const sin = args.inverse ? -table[angles + half + i]! : table[angles + half + i]!;
      const [a, b] = [x[first]!, x[second]!];
      put(first, a * cos - b * sin);
      put(second, b * cos + a * sin);
    }
    for (let i = turned; i < headDim; i++) put(start + i, x[start + i]!);
  }
}

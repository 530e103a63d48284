import type { DeviceBuffer } from "../../device-buffer.js";
import type { AxisArgs, SumsArgs } from "../../kernel-arguments.js";
import { target, values } from "./buffers.js";

/** Calls `fn` with the index of each element of (outer, extent, inner), that of its place in (outer, inner), and e. */
function walk(args: AxisArgs, fn: (whole: number, reduced: number, e: number) => void): void {
  const { outer, extent, inner } = args;
  for (let o = 0; o < outer; o++) {
    for (let e = 0; e < extent; e++) {
      for (let i = 0; i < inner; i++) fn((o * extent + e) * inner + i, o * inner + i, e);
    }
  }
}

function total(x: DeviceBuffer, squares: boolean): number {
  let total = 0;
  for (const value of values(x)) total += squares ? value * value : value;
  return total;
}

/** See Engine.sum. */
export function sum(args: { x: DeviceBuffer; factor: number; out: DeviceBuffer }): void {
  values(args.out)[0] = args.factor * total(args.x, false);
}

/** See Engine.sums. */
export function sums({ tensors, out, index }: SumsArgs): void {
  for (const [i, { x, squares }] of tensors.entries()) values(out)[index + i] = total(x, squares);
}

/** See Engine.sumAxis. */
export function sumAxis(args: AxisArgs & { factor: number }): void {
  const x = values(args.x);
  const out = target(args.out);
  const totals = new Float64Array(args.outer * args.inner);
  walk(args, (whole, reduced) => {
    totals[reduced]! += x[whole]!;
  });
  totals.forEach((total, i) => {
    out[i]! += args.factor * total;
  });
}

/** See Engine.broadcastAxis. */
export function broadcastAxis(args: AxisArgs & { factor: number }): void {
  const x = values(args.x);
  const out = target(args.out);
  walk(args, (whole, reduced) => {
    out[whole]! += args.factor * x[reduced]!;
  });
}

/** See Engine.maxAxis. */
export function maxAxis(args: AxisArgs & { index: DeviceBuffer }): void {
  const x = values(args.x);
  const index = values(args.index);
  const largest = new Float64Array(args.outer * args.inner).fill(-Infinity);
  walk(args, (whole, reduced, e) => {
    if (e > 0 && !(x[whole]! > largest[reduced]!)) return;
    largest[reduced] = x[whole]!;
    index[reduced] = e;
  });
  const out = target(args.out);
  largest.forEach((value, i) => {
    out[i]! += value;
  });
}

/** See Engine.scatterAxis. */
export function scatterAxis(args: AxisArgs & { index: DeviceBuffer }): void {
  const x = values(args.x);
  const index = values(args.index);
  const out = target(args.out);
  walk(args, (whole, reduced, e) => {
    if (index[reduced] === e) out[whole]! += x[reduced]!;
  });
}

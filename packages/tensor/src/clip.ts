import type { TensorData } from "./device-buffer.js";

/**
 * What stands where in the buffer of the kernel `clipScale`. A scale of double precision is the sum of its float32 value
 * and of two parts that rounding left over; an engine that computes in float32 leaves them at 0.
 */
export const CLIP = { scale: 0, rest: 1, finite: 3, sums: 4 } as const;

/** As torch.nn.utils.clip_grad_norm_ has it. */
export const CLIP_EPS = 1e-6;

/** The norm of the mean of `divisor` gradients, from the sums of the squares of their total. */
export function normOf(clip: ArrayLike<number>, norms: number, divisor: number): number {
  let total = 0;
  for (let i = CLIP.sums; i < CLIP.sums + norms; i++) total += clip[i]!;
  return Math.sqrt(total) / divisor;
}

/** The kernel `clipScale` in double precision, for engines whose memory is the host's. */
export function writeClipScale(
  clip: TensorData,
  { norms, limit, divisor }: { norms: number; limit: number; divisor: number },
): void {
  const norm = normOf(clip, norms, divisor);
  const finite = Number.isFinite(norm) && clip.subarray(CLIP.sums + norms).every(Number.isFinite);
  let left = finite ? Math.min(1, limit / (norm + CLIP_EPS)) / divisor : 0;
  for (let i: number = CLIP.scale; i < CLIP.finite; i++) {
    clip[i] = left;
    left -= clip[i]!;
  }
  clip[CLIP.finite] = Number(finite);
}

/** What gradients are multiplied by, from a number or what `clipScale` left; null: nothing is to be updated. */
export function scaleOf(gradScale: number | ArrayLike<number>): number | null {
  if (typeof gradScale === "number") return gradScale;
  if (gradScale[CLIP.finite] === 0) return null;
  return gradScale[CLIP.rest + 1]! + gradScale[CLIP.rest]! + gradScale[CLIP.scale]!;
}

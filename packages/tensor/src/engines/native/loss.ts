import { storeLog } from "../log-sum-exp.js";
import type { Kernels } from "../wasm/instance.js";
import { LOSS_NUMBERS, type LossGradient, lossBackwardCode, lossCode } from "./code/loss.js";
import { logitConstants } from "./code/softmax-rows.js";
import type { Process } from "./process.js";

/** Where the code is: all of it is for at least one row. */
export interface LossCode {
  constants: number;
  sums: number;
  gradients: Record<LossGradient, number>;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeLoss(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): LossCode {
  const gradients = (kind: LossGradient) => map(lossBackwardCode(vectorBits, kind));
  return {
    constants: map(logitConstants(vectorBits)),
    sums: map(lossCode(vectorBits)),
    gradients: { stored: gradients("stored"), added: gradients("added"), capped: gradients("capped") },
  };
}

type Loss = "crossEntropy" | "crossEntropyBackward" | "lossChunk" | "lossChunkBackward";

/** The cross-entropy with what it does for each logit in machine code, and what it does for each row here. */
export function nativeLoss(
  { memory, base, callable }: Process,
  { constants, sums, gradients }: LossCode,
): Pick<Kernels, Loss> {
  const sumRows = callable(sums, "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, float *)");
  const differentiate = (kind: LossGradient) =>
    callable(gradients[kind], "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, const float *)");
  const backward = {
    stored: differentiate("stored"),
    added: differentiate("added"),
    capped: differentiate("capped"),
  };
  const floats = (address: number, length: number) => new Float32Array(memory.buffer, address, length);
  const integers = (address: number, length: number) => new Int32Array(memory.buffer, address, length);

  /** Per row the largest logit and the sum of e^(logit - largest). */
  const sumsOf = (logits: number, rows: number, columns: number) => {
    const found = new Float32Array(2 * rows);
    if (rows > 0) sumRows(base + logits, rows, columns, constants, found);
    return found;
  };

  /** A weight that makes up for what the rounding of the log of the row's sum took away. */
  const scaled = (weight: number, logs: Float32Array, r: number) => weight * Math.exp(-logs[2 * r + 1]!);

  return {
    crossEntropy(...args) {
      const [logits, targets, mask, ignoreIndex, logSumExp, losses, rows, columns] = args as Eight;
      const found = sumsOf(logits, rows, columns);
      const values = floats(logits, rows * columns);
      const [ids, logs] = [integers(targets, rows), floats(logSumExp, 2 * rows)];
      const weights = mask ? floats(mask, rows) : null;
      const lost = new Float64Array(memory.buffer, losses, rows);
      for (let r = 0; r < rows; r++) {
        const log = found[2 * r]! + Math.log(found[2 * r + 1]!);
        storeLog(logs, r, log);
        lost[r] = 0;
        const id = ids[r]!;
        if (id === ignoreIndex) continue;
        if (!(id >= 0 && id < columns)) return r;
        lost[r] = (weights ? weights[r]! : 1) * (log - values[r * columns + id]!);
      }
      return -1;
    },
    crossEntropyBackward(...args) {
      const [logits, targets, mask, ignoreIndex, logSumExp, given, dLogits, rows, columns] = args as [
        ...Eight,
        number,
      ];
      const factor = Math.fround(given);
      const [ids, logs] = [integers(targets, rows), floats(logSumExp, 2 * rows)];
      const weights = mask ? floats(mask, rows) : null;
      const numbers = new Float32Array(LOSS_NUMBERS * rows);
      const off = new Float32Array(rows);
      for (let r = 0; r < rows; r++) {
        if (ids[r] !== ignoreIndex) off[r] = factor * (weights ? weights[r]! : 1);
        numbers.set([logs[2 * r]!, scaled(off[r]!, logs, r)], LOSS_NUMBERS * r);
      }
      const run = args[9] ? backward.added : backward.stored;
      if (rows > 0) run(base + logits, rows, columns, constants, base + dLogits, numbers);
      const to = floats(dLogits, rows * columns);
      for (let r = 0; r < rows; r++) {
        const id = ids[r]!;
        if (id !== ignoreIndex && id >= 0 && id < columns) {
          to[r * columns + id]! -= off[r]!;
        }
      }
    },
    lossChunk(...args) {
      const [logits, targets, largest, sums, picked, rows, columns, first] = args as Eight;
      const found = sumsOf(logits, rows, columns);
      const values = floats(logits, rows * columns);
      const ids = integers(targets, rows);
      const [tops, totals, hits] = [floats(largest, rows), floats(sums, rows), floats(picked, rows)];
      for (let r = 0; r < rows; r++) {
        const [top, sum] = [found[2 * r]!, found[2 * r + 1]!];
        const now = Math.max(tops[r]!, top);
        totals[r] = totals[r]! * Math.exp(tops[r]! - now) + sum * Math.exp(top - now);
        tops[r] = now;
        const place = ids[r]! - first;
        if (place >= 0 && place < columns) hits[r] = values[r * columns + place]!;
      }
    },
    lossChunkBackward(...args) {
      const [logits, targets, logs, weights, rows, columns, first, softcap] = args as Eight;
      const inverse = softcap > 0 ? Math.fround(1 / softcap) : 0;
      const values = floats(logits, rows * columns);
      const ids = integers(targets, rows);
      const [logSums, shares] = [floats(logs, 2 * rows), floats(weights, rows)];
      const numbers = new Float32Array(LOSS_NUMBERS * rows);
      // What the target's own logit takes off: the gradient takes its place.
      const off = new Float32Array(rows);
      const placeOf = (r: number) => {
        const place = ids[r]! - first;
        return place >= 0 && place < columns ? r * columns + place : -1;
      };
      for (let r = 0; r < rows; r++) {
        numbers.set([logSums[2 * r]!, scaled(shares[r]!, logSums, r), inverse], LOSS_NUMBERS * r);
        const place = placeOf(r);
        if (place >= 0) off[r] = shares[r]! * (1 - (values[place]! * inverse) ** 2);
      }
      const run = softcap > 0 ? backward.capped : backward.stored;
      if (rows > 0) run(base + logits, rows, columns, constants, base + logits, numbers);
      for (let r = 0; r < rows; r++) {
        const place = placeOf(r);
        if (place >= 0) values[place]! -= off[r]!;
      }
    },
  };
}

type Eight = [number, number, number, number, number, number, number, number];

import type { Engine } from "../../engine.js";
import { checkTargets, divisorOf, shareOf } from "../counted-rows.js";
import type { Access, WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Softmax and cross-entropy in one. Rows lose by themselves; their sum is taken here, in order. */
export function lossKernels(
  kernels: Kernels,
  { heap, at, maybe, borrow }: Access,
): Pick<Engine, "crossEntropy" | "crossEntropyBackward"> {
  return {
    crossEntropy(args) {
      const { logits, targets, mask, ignoreIndex, logSumExp, loss, divisor, rows, classes } = args;
      const [from, goals] = [at(logits, rows * classes), at(targets, rows)];
      const [weights, logs] = [maybe(mask, rows), at(logSumExp, 2 * rows)];
      at(loss, 1);
      at(divisor, 1);
      checkTargets("crossEntropy", (targets as WasmBuffer).data, args);
      borrow(8 * rows, (losses) => {
        kernels.crossEntropy(from, goals, weights, ignoreIndex, logs, losses, rows, classes);
        const counts = mask ? (mask as WasmBuffer).data : null;
        const counted = divisorOf((targets as WasmBuffer).data, counts, args);
        const lost = new Float64Array(heap.memory.buffer, losses, rows).reduce((a, b) => a + b, 0);
        (loss as WasmBuffer).data[0] = shareOf(lost, counted);
        (divisor as WasmBuffer).data[0] = counted;
      });
    },
    crossEntropyBackward({
      logits,
      targets,
      mask,
      ignoreIndex,
      logSumExp,
      dLoss,
      divisor,
      dLogits,
      rows,
      classes,
    }) {
      at(dLoss, 1);
      at(divisor, 1);
      const factor = shareOf((dLoss as WasmBuffer).data[0]!, (divisor as WasmBuffer).data[0]!);
      kernels.crossEntropyBackward(
        at(logits, rows * classes),
        at(targets, rows),
        maybe(mask, rows),
        ignoreIndex,
        at(logSumExp, 2 * rows),
        factor,
        at(dLogits.buffer, rows * classes),
        rows,
        classes,
        dLogits.accumulate,
      );
    },
  };
}

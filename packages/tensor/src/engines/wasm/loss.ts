import type { Engine } from "../../engine.js";
import { checkTargets, divisorOf, shareOf } from "../counted-rows.js";
import type { Access, WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Softmax and cross-entropy in one. Rows lose by themselves; their sum is taken here, in order. */
export function lossKernels(
  kernels: Kernels,
  { heap, at, maybe, borrow }: Access,
): Pick<Engine, "crossEntropy" | "crossEntropyBackward" | "logProbabilities" | "logProbabilitiesBackward"> {
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
    logProbabilities({ logits, targets, ignoreIndex, logSumExp, out, rows, classes }) {
      const [from, goals] = [at(logits, rows * classes), at(targets, rows)];
      const logs = at(logSumExp, 2 * rows);
      at(out, rows);
      checkTargets("logProbabilities", (targets as WasmBuffer).data, { rows, classes, ignoreIndex });
      borrow(8 * rows, (losses) => {
        kernels.crossEntropy(from, goals, 0, ignoreIndex, logs, losses, rows, classes);
        const lost = new Float64Array(heap.memory.buffer, losses, rows);
        (out as WasmBuffer).data.set(lost.map((loss) => 0 - loss)); // an ignored row's is 0, not -0
      });
    },
    logProbabilitiesBackward({ logits, targets, ignoreIndex, logSumExp, dOut, dLogits, rows, classes }) {
      kernels.crossEntropyBackward(
        at(logits, rows * classes),
        at(targets, rows),
        at(dOut, rows),
        ignoreIndex,
        at(logSumExp, 2 * rows),
        -1,
        at(dLogits.buffer, rows * classes),
        rows,
        classes,
        dLogits.accumulate,
      );
    },
  };
}

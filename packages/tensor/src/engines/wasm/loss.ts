import type { Engine } from "../../engine.js";
import { IndexError } from "../../errors.js";
import type { Access, WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Softmax and cross-entropy in one. Rows lose by themselves; their sum is taken here, in order. */
export function lossKernels(
  kernels: Kernels,
  { heap, at, maybe, borrow }: Access,
): Pick<Engine, "crossEntropy" | "crossEntropyBackward"> {
  return {
    crossEntropy({ logits, targets, mask, ignoreIndex, logSumExp, loss, total, rows, classes }) {
      const [from, goals] = [at(logits, rows * classes), at(targets, rows)];
      const [weights, logs] = [maybe(mask, rows), at(logSumExp, rows)];
      at(loss, 1);
      at(total, 1);
      const ids = (targets as WasmBuffer).data;
      for (let r = 0; r < rows; r++) {
        const id = ids[r]!;
        if (id === ignoreIndex || (id >= 0 && id < classes)) continue;
        throw new IndexError(
          `crossEntropy: target ${id} is not in [0, ${classes}). Set ignoreIndex to leave rows out.`,
        );
      }
      borrow(8 * rows, (losses) => {
        kernels.crossEntropy(from, goals, weights, ignoreIndex, logs, losses, rows, classes);
        const counts = mask ? (mask as WasmBuffer).data : null;
        let counted = 0;
        for (let r = 0; r < rows; r++) if (ids[r] !== ignoreIndex) counted += counts ? counts[r]! : 1;
        const lost = new Float64Array(heap.memory.buffer, losses, rows).reduce((a, b) => a + b, 0);
        (loss as WasmBuffer).data[0] = counted > 0 ? lost / counted : 0;
        (total as WasmBuffer).data[0] = counted;
      });
    },
    crossEntropyBackward({
      logits,
      targets,
      mask,
      ignoreIndex,
      logSumExp,
      dLoss,
      total,
      dLogits,
      rows,
      classes,
    }) {
      kernels.crossEntropyBackward(
        at(logits, rows * classes),
        at(targets, rows),
        maybe(mask, rows),
        ignoreIndex,
        at(logSumExp, rows),
        at(dLoss, 1),
        at(total, 1),
        at(dLogits.buffer, rows * classes),
        rows,
        classes,
        dLogits.accumulate,
      );
    },
  };
}

import { CLIP, scaleOf, writeClipScale } from "../../clip.js";
import type { Engine } from "../../engine.js";
import type { Access, WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Clipping, on the calling thread and in double precision; AdamW, tensor by tensor; and a decay. */
export function optimizerKernels(
  kernels: Kernels,
  { at }: Access,
): Pick<Engine, "clipScale" | "adamw" | "cautiousDecay"> {
  return {
    cautiousDecay({ parameter, update, rate }) {
      const { length } = parameter;
      kernels.cautiousDecay(at(parameter, length), at(update, length), length, 1 - rate);
    },
    clipScale({ clip, norms, limit, divisor }) {
      at(clip, CLIP.sums + norms);
      writeClipScale((clip as WasmBuffer).data, { norms, limit, divisor });
    },
    adamw({ tensors, lr, beta1, beta2, eps, step, gradScale }) {
      if (typeof gradScale !== "number") at(gradScale, CLIP.sums);
      const scale = scaleOf(typeof gradScale === "number" ? gradScale : (gradScale as WasmBuffer).data);
      if (scale === null) return;
      const rate = lr / (1 - beta1 ** step);
      const inverse = 1 / (1 - beta2 ** step);
      for (const { parameter, grad, m, v, weightDecay } of tensors) {
        const { length } = parameter;
        kernels.adamw(
          ...([parameter, grad, m, v].map((buffer) => at(buffer, length)) as [
            number,
            number,
            number,
            number,
          ]),
          length,
          rate,
          beta1,
          beta2,
          eps,
          1 - lr * weightDecay,
          inverse,
          scale,
          1 - beta1,
          1 - beta2,
        );
      }
    },
  };
}

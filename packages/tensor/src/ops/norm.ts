import type { Kinds } from "@llm/platform/options";
import { engine } from "../current.js";
import { Storage } from "../storage.js";
import { record, tracked } from "../tape.js";
import { result, storageOf, type Tensor } from "../tensor.js";
import { requireFinite, requireOptions, requireShape, requireType, rowsOf } from "./checks.js";

/** The norm of x, or of x + residual, which is then stored in `sum` and stands for x in the backward pass. */
function normalize(
  op: "layerNorm" | "rmsNorm" | "residualLayerNorm" | "residualRmsNorm",
  x: Tensor,
  gain: Tensor | null | undefined,
  bias: Tensor | null | undefined,
  eps: number,
  residual?: Tensor,
): { normed: Tensor; sum: Tensor } {
  const on = engine();
  const { rows, columns } = rowsOf(op, x);
  requireType(op, "x", x, "float32");
  requireShape(op, "gain", gain, [columns], x);
  requireShape(op, "bias", bias, [columns], x);
  requireFinite(op, "eps", eps);
  requireShape(op, "residual", residual, x.shape, x);
  const sum = residual ? result(x.shape) : x;
  const xs = storageOf(sum, op);
  const gains = gain ? storageOf(gain, op) : null;
  const out = result(x.shape);
  const mean = op === "layerNorm" || op === "residualLayerNorm" ? new Storage(on, rows) : null;
  const rstd = new Storage(on, rows);
  const args = {
    x: storageOf(x, op).buffer,
    gain: gains?.buffer ?? null,
    bias: bias ? storageOf(bias, op).buffer : null,
    out: storageOf(out, op).buffer,
    mean: mean?.buffer ?? null,
    rstd: rstd.buffer,
    rows,
    columns,
    eps,
  };
  if (residual) {
    on.residualNorm({ ...args, residual: storageOf(residual, op).buffer, sum: xs.buffer });
    if (tracked(x, residual)) {
      record(sum, [], (dSum, gradients) => {
        gradients.share(x, dSum);
        gradients.share(residual, dSum);
      });
    }
  } else {
    on.norm(args);
  }
  if (tracked(sum, gain, bias)) {
    const saved = [xs, rstd, mean, gains].filter((storage) => storage !== null);
    record(out, saved, (dOut, gradients) => {
      on.normBackward({
        x: xs.buffer,
        gain: gains?.buffer ?? null,
        mean: mean?.buffer ?? null,
        rstd: rstd.buffer,
        dOut: dOut.buffer,
        dX: gradients.maybe(sum),
        dGain: gradients.maybe(gain),
        dBias: gradients.maybe(bias),
        rows,
        columns,
      });
    });
  }
  mean?.release();
  rstd.release();
  return { normed: out, sum };
}

const EPS: Kinds<{ eps?: number }> = { eps: "any" };

/** (x - mean) / sqrt(variance + eps) * gain + bias over the last axis, with the biased variance. */
export function layerNorm(
  x: Tensor,
  gain?: Tensor | null,
  bias?: Tensor | null,
  options: { eps?: number } = {},
): Tensor {
  requireOptions("layerNorm", options, EPS);
  return normalize("layerNorm", x, gain, bias, options.eps ?? 1e-5).normed;
}

/** x / sqrt(mean(x^2) + eps) * gain over the last axis. */
export function rmsNorm(x: Tensor, gain?: Tensor | null, options: { eps?: number } = {}): Tensor {
  requireOptions("rmsNorm", options, EPS);
  return normalize("rmsNorm", x, gain, null, options.eps ?? 1e-5).normed;
}

/** The sum x + residual and its `layerNorm`, in one pass: what stands between two branches of a transformer. */
export function residualLayerNorm(
  x: Tensor,
  residual: Tensor,
  gain?: Tensor | null,
  bias?: Tensor | null,
  options: { eps?: number } = {},
): { sum: Tensor; normed: Tensor } {
  requireOptions("residualLayerNorm", options, EPS);
  return normalize("residualLayerNorm", x, gain, bias, options.eps ?? 1e-5, residual);
}

/** The sum x + residual and its `rmsNorm`, in one pass. */
export function residualRmsNorm(
  x: Tensor,
  residual: Tensor,
  gain?: Tensor | null,
  options: { eps?: number } = {},
): { sum: Tensor; normed: Tensor } {
  requireOptions("residualRmsNorm", options, EPS);
  return normalize("residualRmsNorm", x, gain, null, options.eps ?? 1e-5, residual);
}

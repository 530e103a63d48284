import { engine } from "../current.js";
import { Storage } from "../storage.js";
import { record, tracked } from "../tape.js";
import { result, storageOf, type Tensor } from "../tensor.js";
import { requireFinite, requireShape, requireType, rowsOf } from "./checks.js";

function normalize(
  op: "layerNorm" | "rmsNorm",
  x: Tensor,
  gain: Tensor | null | undefined,
  bias: Tensor | null | undefined,
  eps: number,
): Tensor {
  const on = engine();
  const { rows, columns } = rowsOf(op, x);
  requireType(op, "x", x, "float32");
  requireShape(op, "gain", gain, [columns], x);
  requireShape(op, "bias", bias, [columns], x);
  requireFinite(op, "eps", eps);
  const xs = storageOf(x, op);
  const gains = gain ? storageOf(gain, op) : null;
  const out = result(x.shape);
  const mean = op === "layerNorm" ? new Storage(on, rows) : null;
  const rstd = new Storage(on, rows);
  on.norm({
    x: xs.buffer,
    gain: gains?.buffer ?? null,
    bias: bias ? storageOf(bias, op).buffer : null,
    out: storageOf(out, op).buffer,
    mean: mean?.buffer ?? null,
    rstd: rstd.buffer,
    rows,
    columns,
    eps,
  });
  if (tracked(x, gain, bias)) {
    const saved = [xs, rstd, mean, gains].filter((storage) => storage !== null);
    record(out, saved, (dOut, gradients) => {
      on.normBackward({
        x: xs.buffer,
        gain: gains?.buffer ?? null,
        mean: mean?.buffer ?? null,
        rstd: rstd.buffer,
        dOut: dOut.buffer,
        dX: gradients.maybe(x),
        dGain: gradients.maybe(gain),
        dBias: gradients.maybe(bias),
        rows,
        columns,
      });
    });
  }
  mean?.release();
  rstd.release();
  return out;
}

/** (x - mean) / sqrt(variance + eps) * gain + bias over the last axis, with the biased variance. */
export function layerNorm(
  x: Tensor,
  gain?: Tensor | null,
  bias?: Tensor | null,
  options: { eps?: number } = {},
): Tensor {
  return normalize("layerNorm", x, gain, bias, options.eps ?? 1e-5);
}

/** x / sqrt(mean(x^2) + eps) * gain over the last axis. */
export function rmsNorm(x: Tensor, gain?: Tensor | null, options: { eps?: number } = {}): Tensor {
  return normalize("rmsNorm", x, gain, null, options.eps ?? 1e-5);
}

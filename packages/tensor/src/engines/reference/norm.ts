import type { NormArgs, NormBackwardArgs, ResidualNormArgs } from "../../kernel-arguments.js";
import { maybeTarget, maybeValues, values } from "./buffers.js";

/** See Engine.norm. */
export function norm(args: NormArgs): void {
  const { rows, columns, eps } = args;
  const x = values(args.x);
  const out = values(args.out);
  const gain = maybeValues(args.gain);
  const bias = maybeValues(args.bias);
  const mean = maybeValues(args.mean);
  const rstd = values(args.rstd);
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    let center = 0;
    if (mean) {
      for (let j = 0; j < columns; j++) center += x[at + j]!;
      center /= columns;
      mean[r] = center;
    }
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += (x[at + j]! - center) ** 2;
    const scale = 1 / Math.sqrt(squares / columns + eps);
    rstd[r] = scale;
    for (let j = 0; j < columns; j++) {
      const normal = (x[at + j]! - center) * scale;
      out[at + j] = normal * (gain ? gain[j]! : 1) + (bias ? bias[j]! : 0);
    }
  }
}

/** See Engine.residualNorm. */
export function residualNorm(args: ResidualNormArgs): void {
  const x = values(args.x);
  const residual = values(args.residual);
  const sum = values(args.sum);
  for (let i = 0; i < sum.length; i++) sum[i] = x[i]! + residual[i]!;
  norm({ ...args, x: args.sum });
}

/** With n = (x - mean) rstd and g = dOut gain: dX = rstd (g - mean(g) - n mean(g n)); RMS norm has no mean(g). */
export function normBackward(args: NormBackwardArgs): void {
  const { rows, columns } = args;
  const x = values(args.x);
  const dOut = values(args.dOut);
  const gain = maybeValues(args.gain);
  const mean = maybeValues(args.mean);
  const rstd = values(args.rstd);
  const dX = maybeTarget(args.dX);
  const dGain = maybeTarget(args.dGain);
  const dBias = maybeTarget(args.dBias);
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    const center = mean ? mean[r]! : 0;
    const scale = rstd[r]!;
    let sum = 0;
    let dot = 0;
    for (let j = 0; j < columns; j++) {
      const normal = (x[at + j]! - center) * scale;
      const g = dOut[at + j]! * (gain ? gain[j]! : 1);
      sum += g;
      dot += g * normal;
      if (dGain) dGain[j]! += dOut[at + j]! * normal;
      if (dBias) dBias[j]! += dOut[at + j]!;
    }
    if (!dX) continue;
    for (let j = 0; j < columns; j++) {
      const normal = (x[at + j]! - center) * scale;
      const g = dOut[at + j]! * (gain ? gain[j]! : 1);
      dX[at + j]! += scale * (g - (mean ? sum / columns : 0) - (normal * dot) / columns);
    }
  }
}

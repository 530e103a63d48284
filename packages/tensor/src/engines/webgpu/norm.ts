import type { DeviceBuffer } from "../../device-buffer.js";
import type { NormArgs, NormBackwardArgs, ResidualNormArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { sumColumns } from "./reduce.js";
import { adds, eachRow, put } from "./wgsl.js";

/** The norm of the rows of the values `x_at(i)`, which `first` may have written. */
function normalize(
  on: Device,
  args: NormArgs,
  {
    key,
    x,
    first,
    read,
    write,
  }: {
    key: string;
    x: string;
    first: string;
    read: Record<string, DeviceBuffer>;
    write: Record<string, DeviceBuffer>;
  },
): void {
  const { gain, bias, mean, rows, columns, eps } = args;
  eachRow(on, rows, columns, {
    key: `${key} ${gain ? "g" : ""}${bias ? "b" : ""}${mean ? "m" : ""}`,
    read: { ...read, gain, bias },
    write: { ...write, out: args.out, mean, rstd: args.rstd },
    floats: { eps },
    code: () => `
${first}
var center = 0.0;
${
  mean
    ? `var sum = 0.0;
for (var j = lane; j < p.columns; j += LANES) { sum += ${x}; }
center = total(sum, lane) / f32(p.columns);
if (lane == 0u) { $mean[row] = center; }`
    : ""
}
var squares = 0.0;
for (var j = lane; j < p.columns; j += LANES) {
  let off = ${x} - center;
  squares += off * off;
}
let scale = 1.0 / sqrt(total(squares, lane) / f32(p.columns) + p.eps);
if (lane == 0u) { $rstd[row] = scale; }
for (var j = lane; j < p.columns; j += LANES) {
  $out[at + j] = (${x} - center) * scale${gain ? " * $gain[j]" : ""}${bias ? " + $bias[j]" : ""};
}`,
  });
}

/** See Engine.norm. */
export function norm(on: Device, args: NormArgs): void {
  normalize(on, args, { key: "norm", x: "$x[at + j]", first: "", read: { x: args.x }, write: {} });
}

/** See Engine.residualNorm. Each invocation reads the sums that it has written itself. */
export function residualNorm(on: Device, args: ResidualNormArgs): void {
  normalize(on, args, {
    key: "residualNorm",
    x: "$sum[at + j]",
    first: "for (var j = lane; j < p.columns; j += LANES) { $sum[at + j] = $x[at + j] + $residual[at + j]; }",
    read: { x: args.x, residual: args.residual },
    write: { sum: args.sum },
  });
}

/** With n = (x - mean) rstd and g = dOut gain: dX = rstd (g - mean(g) - n mean(g n)); RMS norm has no mean(g). */
export function normBackward(on: Device, args: NormBackwardArgs): void {
  const { x, gain, mean, rstd, dOut, dX, dGain, dBias, rows, columns } = args;
  if (dX) {
    eachRow(on, rows, columns, {
      key: `normBackward ${gain ? "g" : ""}${mean ? "m" : ""}${adds(dX)}`,
      read: { x, gain, mean, rstd, dOut },
      write: { dX: dX.buffer },
      code: () => `
let center = ${mean ? "$mean[row]" : "0.0"};
let scale = $rstd[row];
var sum = 0.0;
var dot = 0.0;
for (var j = lane; j < p.columns; j += LANES) {
  let g = $dOut[at + j]${gain ? " * $gain[j]" : ""};
  sum += g;
  dot += g * (($x[at + j] - center) * scale);
}
let along = total(dot, lane) / f32(p.columns);
let middle = ${mean ? "total(sum, lane) / f32(p.columns)" : "0.0"};
for (var j = lane; j < p.columns; j += LANES) {
  let g = $dOut[at + j]${gain ? " * $gain[j]" : ""};
  let normal = ($x[at + j] - center) * scale;
  ${put(dX, "dX", "at + j", "scale * (g - middle - normal * along)")}
}`,
    });
  }
  if (dGain) {
    const value = `$dOut[at] * (($x[at]${mean ? " - $mean[r]" : ""}) * $rstd[r])`;
    sumColumns(
      on,
      { key: `gain ${mean ? "m" : ""}`, read: { dOut, x, mean, rstd }, rows, columns, value },
      dGain,
    );
  }
  if (dBias) sumColumns(on, { key: "bias", read: { x: dOut }, rows, columns, value: "$x[at]" }, dBias);
}

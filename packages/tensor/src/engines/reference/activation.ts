import type { Activation, DeviceBuffer, Into } from "../../device-buffer.js";
import { target, values } from "./buffers.js";

const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;

/** The error function in double precision: its Taylor series near 0, the continued fraction of erfc beyond. */
function erf(x: number): number {
  const z = Math.abs(x);
  if (z < 2.5) {
    let term = x;
    let total = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
      term *= (-x * x) / n;
      total += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * total;
  }
  return Math.sign(x) * (1 - erfcTail(z));
}

/** erfc for z >= 2.5, without the cancellation of 1 - erf. */
function erfcTail(z: number): number {
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.exp(-z * z) / (z + fraction) / Math.sqrt(Math.PI);
}

/** The normal distribution function, accurate in its lower tail too. */
function normalCdf(x: number): number {
  const z = x / Math.SQRT2;
  return z < -2.5 ? erfcTail(-z) / 2 : (1 + erf(z)) / 2;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The activation of one value. */
export function activate(kind: Activation, x: number): number {
  switch (kind) {
    case "gelu":
      // 0.5 (1 + tanh u) = sigmoid(2u), which keeps its precision for very negative x.
      return x * sigmoid(2 * GELU_SLOPE * (x + GELU_CUBE * x ** 3));
    case "gelu-erf":
      return x * normalCdf(x);
    case "relu2":
      return x > 0 ? x * x : 0;
    case "silu":
      return x * sigmoid(x);
  }
}

/** The derivative of the activation at one value. */
function derivative(kind: Activation, x: number): number {
  switch (kind) {
    case "gelu": {
      const s = sigmoid(2 * GELU_SLOPE * (x + GELU_CUBE * x ** 3));
      return s + x * s * (1 - s) * 2 * GELU_SLOPE * (1 + 3 * GELU_CUBE * x * x);
    }
    case "gelu-erf":
      return normalCdf(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
    case "relu2":
      return x > 0 ? 2 * x : 0;
    case "silu": {
      const s = sigmoid(x);
      return s * (1 + x * (1 - s));
    }
  }
}

/** See Engine.activation. */
export function activation(args: { kind: Activation; x: DeviceBuffer; out: DeviceBuffer }): void {
  const x = values(args.x);
  const out = values(args.out);
  for (let i = 0; i < x.length; i++) out[i] = activate(args.kind, x[i]!);
}

/** See Engine.activationBackward. */
export function activationBackward(args: {
  kind: Activation;
  x: DeviceBuffer;
  dOut: DeviceBuffer;
  dX: Into;
}): void {
  const x = values(args.x);
  const dOut = values(args.dOut);
  const dX = values(args.dX.buffer);
  for (let i = 0; i < x.length; i++) {
    const gradient = dOut[i]! * derivative(args.kind, x[i]!);
    dX[i] = args.dX.accumulate ? dX[i]! + gradient : gradient;
  }
}

/** See Engine.gated. */
export function gated(args: {
  kind: Activation;
  x: DeviceBuffer;
  out: DeviceBuffer;
  rows: number;
  columns: number;
}): void {
  const { kind, rows, columns } = args;
  const x = values(args.x);
  const out = values(args.out);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) {
      const a = 2 * r * columns + j;
      out[r * columns + j] = activate(kind, x[a]!) * x[a + columns]!;
    }
  }
}

/** See Engine.gatedBackward. */
export function gatedBackward(args: {
  kind: Activation;
  x: DeviceBuffer;
  dOut: DeviceBuffer;
  dX: Into;
  rows: number;
  columns: number;
}): void {
  const { kind, rows, columns } = args;
  const x = values(args.x);
  const dOut = values(args.dOut);
  const dX = target(args.dX);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) {
      const a = 2 * r * columns + j;
      const b = a + columns;
      const gradient = dOut[r * columns + j]!;
      dX[a]! += gradient * x[b]! * derivative(kind, x[a]!);
      dX[b]! += gradient * activate(kind, x[a]!);
    }
  }
}

/** See Engine.softcap. */
export function softcap(args: { x: DeviceBuffer; out: DeviceBuffer; cap: number }): void {
  const x = values(args.x);
  const out = values(args.out);
  for (let i = 0; i < x.length; i++) out[i] = args.cap * Math.tanh(x[i]! / args.cap);
}

/** See Engine.softcapBackward. */
export function softcapBackward(args: { y: DeviceBuffer; dOut: DeviceBuffer; dX: Into; cap: number }): void {
  const y = values(args.y);
  const dOut = values(args.dOut);
  const dX = values(args.dX.buffer);
  for (let i = 0; i < y.length; i++) {
    const gradient = dOut[i]! * (1 - (y[i]! / args.cap) ** 2);
    dX[i] = args.dX.accumulate ? dX[i]! + gradient : gradient;
  }
}

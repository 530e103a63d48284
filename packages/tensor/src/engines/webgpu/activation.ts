import type { Activation, DeviceBuffer, Into } from "../../device-buffer.js";
import type { Device } from "./device.js";
import { activateAndSlope, activate as activateText, adds, CAPPED, each, put } from "./wgsl.js";

/** See Engine.activation. */
export function activation(
  on: Device,
  { kind, x, out }: { kind: Activation; x: DeviceBuffer; out: DeviceBuffer },
): void {
  each(on, x.length, {
    key: `activation ${kind}`,
    read: { x },
    write: { out },
    code: () => `${activateText(kind)}\n---\n$out[i] = activate($x[i]);`,
  });
}

/** See Engine.activationBackward. */
export function activationBackward(
  on: Device,
  { kind, x, dOut, dX }: { kind: Activation; x: DeviceBuffer; dOut: DeviceBuffer; dX: Into },
): void {
  each(on, x.length, {
    key: `activationBackward ${kind} ${adds(dX)}`,
    read: { x, dOut },
    write: { dX: dX.buffer },
    code: () => `${activateAndSlope(kind)}\n---\n${put(dX, "dX", "i", "$dOut[i] * slope($x[i])")}`,
  });
}

/** See Engine.gated. */
export function gated(
  on: Device,
  args: { kind: Activation; x: DeviceBuffer; out: DeviceBuffer; rows: number; columns: number },
): void {
  const { kind, x, out, rows, columns } = args;
  each(on, rows * columns, {
    key: `gated ${kind}`,
    read: { x },
    write: { out },
    ints: { columns },
    code: () => `${activateText(kind)}
---
let a = i + i / p.columns * p.columns;
$out[i] = activate($x[a]) * $x[a + p.columns];`,
  });
}

/** See Engine.gatedBackward. */
export function gatedBackward(
  on: Device,
  args: {
    kind: Activation;
    x: DeviceBuffer;
    dOut: DeviceBuffer;
    dX: Into;
    rows: number;
    columns: number;
  },
): void {
  const { kind, x, dOut, dX, rows, columns } = args;
  each(on, rows * columns, {
    key: `gatedBackward ${kind} ${adds(dX)}`,
    read: { x, dOut },
    write: { dX: dX.buffer },
    ints: { columns },
    code: () => `${activateAndSlope(kind)}
---
let a = i + i / p.columns * p.columns;
let b = a + p.columns;
let gradient = $dOut[i];
${put(dX, "dX", "a", "gradient * $x[b] * slope($x[a])")}
${put(dX, "dX", "b", "gradient * activate($x[a])")}`,
  });
}

/** See Engine.softcap. */
export function softcap(
  on: Device,
  { x, out, cap }: { x: DeviceBuffer; out: DeviceBuffer; cap: number },
): void {
  each(on, x.length, {
    key: "softcap",
    read: { x },
    write: { out },
    floats: { cap },
    code: () => `${CAPPED}\n---\n$out[i] = capped($x[i], p.cap);`,
  });
}

/** See Engine.softcapBackward. */
export function softcapBackward(
  on: Device,
  { y, dOut, dX, cap }: { y: DeviceBuffer; dOut: DeviceBuffer; dX: Into; cap: number },
): void {
  each(on, y.length, {
    key: `softcapBackward ${adds(dX)}`,
    read: { y, dOut },
    write: { dX: dX.buffer },
    floats: { cap },
    code: () => `let ratio = $y[i] / p.cap;\n${put(dX, "dX", "i", "$dOut[i] * (1.0 - ratio * ratio)")}`,
  });
}

import type { Activation, DeviceBuffer, Into } from "../../device-buffer.js";
import type { Device } from "./device.js";
import type { Tfjs, TfTensor } from "./module.js";

const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;

/** What x is multiplied by: every activation here is x times a gate. */
function gateOf(tf: Tfjs, kind: Activation, x: TfTensor): TfTensor {
  switch (kind) {
    case "gelu": // sigmoid(2u), which is (1 + tanh u) / 2
      return tf.sigmoid(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), GELU_CUBE), 1)), 2 * GELU_SLOPE));
    case "gelu-erf":
      return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
    case "relu2":
      return tf.relu(x);
    case "silu":
      return tf.sigmoid(x);
  }
}

/** The derivative of the activation, from x and its gate g. */
function derivative(tf: Tfjs, kind: Activation, x: TfTensor, g: TfTensor): TfTensor {
  switch (kind) {
    case "gelu": {
      const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * GELU_CUBE), 1), 2 * GELU_SLOPE);
      return tf.add(g, tf.mul(tf.mul(x, tf.mul(g, tf.sub(1, g))), slope));
    }
    case "gelu-erf": {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.add(g, tf.mul(x, density));
    }
    case "relu2":
      return tf.mul(g, 2);
    case "silu":
      return tf.mul(g, tf.add(tf.mul(x, tf.sub(1, g)), 1));
  }
}

/** The activation of every element. */
export function activate(tf: Tfjs, kind: Activation, x: TfTensor): TfTensor {
  return tf.mul(x, gateOf(tf, kind, x));
}

/** See Engine.activation. */
export function activation(on: Device, args: { kind: Activation; x: DeviceBuffer; out: DeviceBuffer }): void {
  on.set(args.out, activate(on.tf, args.kind, on.values(args.x)));
}

/** See Engine.activationBackward. */
export function activationBackward(
  on: Device,
  args: { kind: Activation; x: DeviceBuffer; dOut: DeviceBuffer; dX: Into },
): void {
  const { tf } = on;
  const x = on.values(args.x);
  const slope = derivative(tf, args.kind, x, gateOf(tf, args.kind, x));
  on.put(args.dX, tf.mul(on.values(args.dOut, x.shape), slope));
}

interface Halves {
  readonly kind: Activation;
  readonly x: DeviceBuffer; // (rows, 2 * columns)
  readonly rows: number;
  readonly columns: number;
}

/** The halves (a | b) of each row, and the gate of a. */
function halvesOf(on: Device, { kind, x, rows, columns }: Halves) {
  const { tf } = on;
  const both = on.values(x, [rows, 2 * columns]);
  const a = tf.slice(both, [0, 0], [rows, columns]);
  return { a, b: tf.slice(both, [0, columns], [rows, columns]), gate: gateOf(tf, kind, a) };
}

/** See Engine.gated. */
export function gated(on: Device, args: Halves & { out: DeviceBuffer }): void {
  const { tf } = on;
  const { a, b, gate } = halvesOf(on, args);
  on.set(args.out, tf.mul(tf.mul(a, gate), b));
}

/** See Engine.gatedBackward. */
export function gatedBackward(on: Device, args: Halves & { dOut: DeviceBuffer; dX: Into }): void {
  const { tf } = on;
  const { a, b, gate } = halvesOf(on, args);
  const dOut = on.values(args.dOut, [args.rows, args.columns]);
  const dA = tf.mul(tf.mul(dOut, b), derivative(tf, args.kind, a, gate));
  on.put(args.dX, tf.concat([dA, tf.mul(dOut, tf.mul(a, gate))], 1));
}

/** cap * tanh(x / cap), or x itself where the cap is 0. */
export function capped(tf: Tfjs, x: TfTensor, cap: number): TfTensor {
  return cap > 0 ? tf.mul(tf.tanh(tf.mul(x, 1 / cap)), cap) : x;
}

/** dY times the derivative of `capped` where its value is y: 1 - (y / cap)^2. */
export function cappedBackward(tf: Tfjs, dY: TfTensor, y: TfTensor, cap: number): TfTensor {
  return cap > 0 ? tf.mul(dY, tf.sub(1, tf.square(tf.mul(y, 1 / cap)))) : dY;
}

/** See Engine.softcap. */
export function softcap(on: Device, args: { x: DeviceBuffer; out: DeviceBuffer; cap: number }): void {
  on.set(args.out, capped(on.tf, on.values(args.x), args.cap));
}

/** See Engine.softcapBackward. */
export function softcapBackward(
  on: Device,
  args: { y: DeviceBuffer; dOut: DeviceBuffer; dX: Into; cap: number },
): void {
  const y = on.values(args.y);
  on.put(args.dX, cappedBackward(on.tf, on.values(args.dOut, y.shape), y, args.cap));
}

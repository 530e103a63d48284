import type { Activation, DeviceBuffer, Into } from "../engine.js";
import type { Device } from "./device.js";
import type { Tfjs, TfTensor } from "./module.js";

const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;

/** sigmoid(2u), which is (1 + tanh u) / 2, for the u of the tanh form of GELU. */
const geluGate = (tf: Tfjs, x: TfTensor): TfTensor =>
  tf.sigmoid(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), GELU_CUBE), 1)), 2 * GELU_SLOPE));

const normalCdf = (tf: Tfjs, x: TfTensor): TfTensor =>
  tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

/** The activation of every element. */
export function activate(tf: Tfjs, kind: Activation, x: TfTensor): TfTensor {
  switch (kind) {
    case "gelu":
      return tf.mul(x, geluGate(tf, x));
    case "gelu-erf":
      return tf.mul(x, normalCdf(tf, x));
    case "relu2":
      return tf.square(tf.relu(x));
    case "silu":
      return tf.mul(x, tf.sigmoid(x));
  }
}

/** The derivative of the activation at every element. */
function derivative(tf: Tfjs, kind: Activation, x: TfTensor): TfTensor {
  switch (kind) {
    case "gelu": {
      const s = geluGate(tf, x);
      const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * GELU_CUBE), 1), 2 * GELU_SLOPE);
      return tf.add(s, tf.mul(tf.mul(x, tf.mul(s, tf.sub(1, s))), slope));
    }
    case "gelu-erf": {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.add(normalCdf(tf, x), tf.mul(x, density));
    }
    case "relu2":
      return tf.mul(tf.relu(x), 2);
    case "silu": {
      const s = tf.sigmoid(x);
      return tf.mul(s, tf.add(tf.mul(x, tf.sub(1, s)), 1));
    }
  }
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
  on.put(args.dX, on.tf.mul(on.values(args.dOut), derivative(on.tf, args.kind, on.values(args.x))));
}

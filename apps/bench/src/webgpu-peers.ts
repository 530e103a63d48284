// Peers that compute through WebGPU. They want a page: neither brings WebGPU to Node.
import { defaultDevice, init, jit, numpy as np } from "@jax-js/jax";
import { tfjs } from "@llm/tensor/tfjs";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { type Contender, onEngine } from "./webgpu-contenders.js";

/** tfjs on WebGPU, as our engine over it. */
export async function tfjsWebgpu(): Promise<Contender> {
  if (!(await tf.setBackend("webgpu"))) throw new Error("it does not start its backend webgpu");
  await tf.ready();
  return onEngine("tfjs-webgpu", await tfjs(tf));
}

/** jax-js on WebGPU: products alone, since models are ours. */
export async function jaxWebgpu(): Promise<Contender> {
  const devices = await init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("it finds no WebGPU");
  defaultDevice("webgpu");
  const multiply = jit((a: np.Array, b: np.Array) => np.matmul(a, b));
  const filled = (value: number, shape: [number, number]) =>
    np.array(new Float32Array(shape[0] * shape[1]).fill(value), { shape });
  return {
    ...{ name: "jax-js webgpu", device: "WebGPU" },
    async product({ m, n, k }) {
      const [a, b] = [filled(0.5, [m, k]), filled(0.25, [k, n])];
      return {
        async run(times) {
          let last = multiply(a.ref, b.ref);
          for (let i = 1; i < times; i++) {
            last.dispose();
            last = multiply(a.ref, b.ref);
          }
          await last.blockUntilReady();
          last.dispose();
        },
        dispose() {
          a.dispose();
          b.dispose();
        },
      };
    },
  };
}

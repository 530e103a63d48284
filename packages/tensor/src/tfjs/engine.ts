import type { Engine } from "../engine.js";
import { referenceEngine } from "../reference/engine.js";
import { activation, activationBackward } from "./activation.js";
import { attention, attentionBackward } from "./attention.js";
import { Device, TfjsBuffer } from "./device.js";
import { adamw, add, broadcast, dropout, multiply, permute, scale, sum } from "./elementwise.js";
import { embedding, embeddingBackward } from "./embedding.js";
import { columnSums, gemm } from "./gemm.js";
import { onHost } from "./host.js";
import { libtensorflow, restoreUtil } from "./libtensorflow.js";
import type { Tfjs, TfjsModule } from "./module.js";
import { norm, normBackward } from "./norm.js";
import { copy, runOf, writePlace } from "./place.js";
import { crossEntropy, crossEntropyBackward, softmax, softmaxBackward } from "./softmax.js";

/** How the engine stores, as against what it computes. */
type Storing = Pick<
  Engine,
  "name" | "device" | "memory" | "allocate" | "free" | "upload" | "download" | "fill"
>;
type Kernels = Omit<Engine, keyof Storing>;
type Kernel = (on: Device, args: object) => void;

/** Kernels made of tfjs operations. One that is not here runs on the host, as the reference engine has it. */
const onDevice: { [Name in keyof Kernels]?: (on: Device, args: Parameters<Kernels[Name]>[0]) => void } = {
  gemm,
  columnSums,
  embedding,
  embeddingBackward,
  norm,
  normBackward,
  attention,
  attentionBackward,
  activation,
  activationBackward,
  softmax,
  softmaxBackward,
  crossEntropy,
  crossEntropyBackward,
  add,
  multiply,
  scale,
  broadcast,
  sum,
  dropout,
  copy,
  permute,
  adamw,
};

/** Windows and caps of attention are the host's: no tfjs operations were written for them. */
const isPlain = (args: object): boolean => {
  const { window = 0, softcap = 0 } = args as { window?: number; softcap?: number };
  return window === 0 && softcap === 0;
};

const lacksOperation = (error: unknown): boolean =>
  error instanceof Error && /Kernel '.*' not registered/.test(error.message);

/** Every kernel over this device; one whose operations the backend turns out to lack moves to the host for good. */
function kernelsOf(on: Device): Kernels {
  const moved = new Set<string>();
  const kernels = Object.entries(referenceEngine()).map(([name, onReference]) => {
    const kernel = onDevice[name as keyof Kernels] as Kernel | undefined;
    const run = (args: object) => {
      if (kernel && !moved.has(name) && (!name.startsWith("attention") || isPlain(args))) {
        try {
          return on.tf.tidy(() => kernel(on, args));
        } catch (error) {
          if (!lacksOperation(error)) throw error;
          moved.add(name);
        }
      }
      onHost(on, onReference as (args: object) => void, args);
    };
    return [name, run];
  });
  return Object.fromEntries(kernels) as Kernels;
}

function storingOf(on: Device, device: string): Storing {
  const { tf } = on;
  const memory = { allocations: 0, bytes: 0, peakBytes: 0 };
  return {
    name: "tfjs",
    device,
    memory,
    allocate(length, dtype) {
      memory.allocations++;
      memory.bytes += length * 4;
      memory.peakBytes = Math.max(memory.peakBytes, memory.bytes);
      return new TfjsBuffer(on, length, dtype);
    },
    free(buffer) {
      const own = on.own(buffer);
      own.clear();
      own.freed = true;
      memory.allocations--;
      memory.bytes -= own.length * 4;
    },
    upload(buffer, data, offset) {
      const own = on.own(buffer, offset + data.length);
      if (data.length === own.length) return on.load(own, data);
      if (own.dtype === "int32") {
        own.ids.set(data, offset);
        return own.clear();
      }
      tf.tidy(() => {
        const value = tf.tensor(Float32Array.from(data), [1, 1, data.length], "float32");
        const place = runOf(own.length, offset, data.length, 1, data.length);
        writePlace(on, { buffer: own, accumulate: false }, place, value);
      });
    },
    async download(buffer) {
      const own = on.own(buffer);
      if (own.dtype === "int32") return own.ids.slice();
      if (!own.tensor) return new Float32Array(own.length);
      const held = tf.keep(tf.clone(own.tensor)); // the buffer may be written or freed before the values are here
      try {
        return Float32Array.from(await held.data());
      } finally {
        held.dispose();
      }
    },
    fill(buffer, value) {
      const own = on.own(buffer);
      own.ids.fill(value);
      if (own.dtype === "int32" || value === 0) return own.clear();
      tf.tidy(() => on.set(own, tf.fill([own.length], value)));
    },
  };
}

/** What the module runs on, in words. */
function describe(tf: Tfjs): string {
  const node = libtensorflow(tf);
  if (!node) return `tfjs, backend "${tf.getBackend()}"`;
  return node.gpu ? "libtensorflow, CUDA GPU" : "libtensorflow, CPU";
}

/**
 * The engine over any tfjs module, which runs on the backend that the module has chosen. Nothing is imported here:
 *
 *     import * as tf from "@tensorflow/tfjs-node-gpu";
 *     await useEngine(await tfjs(tf));
 *
 * The T x T attention weights exist while they are needed, unlike on the other engines.
 */
export async function tfjs(module: TfjsModule): Promise<Engine> {
  const tf = module as unknown as Tfjs;
  await tf.ready();
  if (libtensorflow(tf)) restoreUtil();
  const on = new Device(tf);
  return { ...kernelsOf(on), ...storingOf(on, describe(tf)) };
}

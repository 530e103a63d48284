import type { DType, Engine, TensorData } from "../engine.js";
import { referenceEngine } from "../reference/engine.js";
import {
  activation,
  activationBackward,
  gated,
  gatedBackward,
  softcap,
  softcapBackward,
} from "./activation.js";
import { attention, attentionBackward } from "./attention.js";
import { Device, TfjsBuffer } from "./device.js";
import {
  adamw,
  add,
  broadcast,
  dropout,
  multiply,
  permute,
  random,
  scale,
  scaleBy,
  sum,
  unitNorm,
} from "./elementwise.js";
import { embedding, embeddingBackward } from "./embedding.js";
import { columnSums, gemm } from "./gemm.js";
import { onHost } from "./host.js";
import { libtensorflow, restoreUtil } from "./libtensorflow.js";
import { linearCrossEntropy } from "./linear-cross-entropy.js";
import type { Tfjs, TfjsModule } from "./module.js";
import { norm, normBackward, residualNorm } from "./norm.js";
import { copy, runOf, writePlace } from "./place.js";
import { quantize, quantizedProduct } from "./quantize.js";
import { broadcastAxis, maxAxis, scatterAxis, sumAxis } from "./reduce.js";
import { rope } from "./rope.js";
import { crossEntropy, crossEntropyBackward, softmax, softmaxBackward } from "./softmax.js";

/** An engine over a tfjs module. */
export interface TfjsEngine extends Engine {
  /** Kernels that ran on the host and go on doing so, for the backend lacks an operation of theirs. */
  readonly hostKernels: ReadonlySet<string>;
}

/** How the engine stores, as against what it computes. */
type Storing = Pick<
  Engine,
  "name" | "device" | "memory" | "allocate" | "free" | "upload" | "download" | "fill"
>;
type Kernels = Omit<Engine, keyof Storing>;
type Kernel = (on: Device, args: object) => void;

/** Every kernel, made of tfjs operations. */
const onDevice: { [Name in keyof Kernels]: (on: Device, args: Parameters<Kernels[Name]>[0]) => void } = {
  gemm,
  columnSums,
  embedding,
  embeddingBackward,
  norm,
  residualNorm,
  normBackward,
  rope,
  attention,
  attentionBackward,
  activation,
  activationBackward,
  gated,
  gatedBackward,
  softcap,
  softcapBackward,
  softmax,
  softmaxBackward,
  crossEntropy,
  crossEntropyBackward,
  linearCrossEntropy,
  add,
  multiply,
  scale,
  scaleBy,
  broadcast,
  sum,
  sumAxis,
  broadcastAxis,
  maxAxis,
  scatterAxis,
  dropout,
  random,
  copy,
  permute,
  adamw,
  unitNorm,
  quantize,
  quantizedProduct,
};

const lacksOperation = (error: unknown): boolean =>
  error instanceof Error && /Kernel '.*' not registered/.test(error.message);

/** Every kernel over this device; one whose operations the backend turns out to lack moves to the host for good. */
function kernelsOf(on: Device, hostKernels: Set<string>): Kernels {
  const reference = referenceEngine();
  const kernels = Object.entries(onDevice).map(([name, kernel]) => {
    const run = (args: object) => {
      if (!hostKernels.has(name)) {
        try {
          return on.tf.tidy(() => (kernel as Kernel)(on, args));
        } catch (error) {
          if (!lacksOperation(error)) throw error;
          hostKernels.add(name);
        }
      }
      onHost(on, reference[name as keyof Kernels] as (args: object) => void, args);
    };
    return [name, run];
  });
  return Object.fromEntries(kernels) as Kernels;
}

const valuesOf: Record<DType, (values: ArrayLike<number>) => TensorData> = {
  float32: (values) => Float32Array.from(values),
  int32: (values) => Int32Array.from(values),
  int8: (values) => Int8Array.from(values),
};

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
        on.ids(own).set(data, offset);
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
      if (own.ids) return own.ids.slice();
      const held = tf.tidy(() => tf.keep(tf.clone(on.values(own)))); // the buffer may be written or freed before the values are here
      try {
        return valuesOf[own.dtype](await held.data());
      } finally {
        held.dispose();
      }
    },
    fill(buffer, value) {
      const own = on.own(buffer);
      if (own.dtype === "int32") on.load(own, new Int32Array(own.length).fill(value));
      else if (value === 0) own.clear();
      else tf.tidy(() => on.set(own, tf.fill([own.length], value)));
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
 * The T x T attention weights exist while they are needed, unlike on the other engines, and 8-bit integers take 4 bytes.
 */
export async function tfjs(module: TfjsModule): Promise<TfjsEngine> {
  const tf = module as unknown as Tfjs;
  await tf.ready();
  if (libtensorflow(tf)) restoreUtil();
  const on = new Device(tf);
  const hostKernels = new Set<string>();
  return { ...kernelsOf(on, hostKernels), ...storingOf(on, describe(tf)), hostKernels };
}

import { toBfloat16 } from "../../bfloat16.js";
import type { DType, TensorData } from "../../device-buffer.js";
import type { Engine, Storing } from "../../engine.js";
import { kernelsOf } from "../../kernels.js";
import { closable } from "../closable.js";
import { deviceKernels, type KernelTable } from "../device/kernels.js";
import { MemoryCount } from "../device/memory.js";
import * as activation from "./activation.js";
import * as attention from "./attention.js";
import * as cast from "./cast.js";
import * as crossEntropy from "./cross-entropy.js";
import { Device, floatsOf, TfjsBuffer } from "./device.js";
import * as elementwise from "./elementwise.js";
import * as embedding from "./embedding.js";
import * as gemm from "./gemm.js";
import * as grouped from "./grouped.js";
import { libtensorflow, restoreUtil } from "./libtensorflow.js";
import * as linearCrossEntropy from "./linear-cross-entropy.js";
import type { Tfjs, TfjsModule } from "./module.js";
import * as norm from "./norm.js";
import * as optimizer from "./optimizer.js";
import { copy, runOf, writePlace, writeRows } from "./place.js";
import * as quantize from "./quantize.js";
import * as reduce from "./reduce.js";
import * as rope from "./rope.js";
import * as softmax from "./softmax.js";

/** An engine over a tfjs module. */
export interface TfjsEngine extends Engine {
  /** Kernels that ran on the host and go on doing so, for the backend lacks an operation of theirs. */
  readonly hostKernels: ReadonlySet<string>;
}

/** Every kernel, made of tfjs operations. */
const table: KernelTable<Device> = /* @__PURE__ */ kernelsOf({
  ...activation,
  ...attention,
  ...crossEntropy,
  ...cast,
  ...elementwise,
  ...embedding,
  ...gemm,
  ...grouped,
  ...linearCrossEntropy,
  ...norm,
  ...optimizer,
  ...quantize,
  ...reduce,
  ...rope,
  ...softmax,
  copy,
  writeRows,
});

const isMissing = (error: unknown): boolean =>
  error instanceof Error && /Kernel '.*' not registered/.test(error.message);

const valuesOf: Record<DType, (values: ArrayLike<number>) => TensorData> = {
  float32: (values) => Float32Array.from(values),
  int32: (values) => Int32Array.from(values),
  int8: (values) => Int8Array.from(values),
  bfloat16: toBfloat16,
};

function storingOf(on: Device, device: string, memory: MemoryCount): Omit<Storing, "closed" | "close"> {
  const { tf } = on;
  return {
    name: "tfjs",
    device,
    memory,
    allocate(length, dtype) {
      memory.add(length * 4);
      const buffer = new TfjsBuffer(on, length, dtype);
      on.buffers.add(buffer);
      return buffer;
    },
    free(buffer) {
      const own = on.own(buffer);
      own.clear();
      own.freed = true;
      on.buffers.delete(own);
      memory.remove(own.length * 4);
    },
    upload(buffer, data, offset) {
      const own = on.own(buffer, offset + data.length);
      if (data.length === own.length) return on.load(own, data);
      if (own.dtype === "int32") {
        on.ids(own).set(data, offset);
        return own.clear();
      }
      tf.tidy(() => {
        const value = tf.tensor(floatsOf(own.dtype, data), [1, 1, data.length], "float32");
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
 * The T x T attention weights exist while they are needed, unlike on the other engines, and numbers of 8 and 16 bits take 4 bytes.
 */
export async function tfjs(module: TfjsModule): Promise<TfjsEngine> {
  const tf = module as unknown as Tfjs;
  await tf.ready();
  if (libtensorflow(tf)) restoreUtil();
  const on = new Device(tf);
  const hostKernels = new Set<string>();
  const kernels = deviceKernels({ on, table, run: (kernel) => tf.tidy(kernel), isMissing, hostKernels });
  const memory = new MemoryCount();
  return closable({ ...kernels, ...storingOf(on, describe(tf), memory), hostKernels }, () => {
    for (const buffer of on.buffers) buffer.clear();
    on.buffers.clear();
    memory.clear();
  });
}

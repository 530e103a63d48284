import type { DeviceBuffer, Engine } from "../engine.js";
import {
  activation,
  activationBackward,
  gated,
  gatedBackward,
  softcap,
  softcapBackward,
} from "./activation.js";
import { attention, attentionBackward } from "./attention.js";
import { makeBuffer, values } from "./buffers.js";
import {
  adamw,
  add,
  broadcast,
  copy,
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
import { linearCrossEntropy } from "./linear-cross-entropy.js";
import { norm, normBackward, residualNorm } from "./norm.js";
import { quantize, quantizedProduct } from "./quantize.js";
import { broadcastAxis, maxAxis, scatterAxis, sumAxis } from "./reduce.js";
import { rope } from "./rope.js";
import { crossEntropy, crossEntropyBackward, softmax, softmaxBackward } from "./softmax.js";

/**
 * Plain TypeScript, written to be read: what each kernel means. With `precision: "float64"` everything is stored
 * and computed in double precision, which makes it the oracle for the other engines.
 */
export function referenceEngine(options: { precision?: "float32" | "float64" } = {}): Engine {
  const double = options.precision === "float64";
  const memory = { allocations: 0, bytes: 0, peakBytes: 0 };
  const bytesOf = (buffer: DeviceBuffer) => values(buffer).byteLength;
  return {
    name: "reference",
    device: `JavaScript, one thread, ${double ? "float64" : "float32"}`,
    memory,
    allocate(length, dtype) {
      const buffer = makeBuffer(length, dtype, double);
      memory.allocations++;
      memory.bytes += bytesOf(buffer);
      memory.peakBytes = Math.max(memory.peakBytes, memory.bytes);
      return buffer;
    },
    free(buffer) {
      memory.allocations--;
      memory.bytes -= bytesOf(buffer);
    },
    upload: (buffer, data, offset) => values(buffer).set(data, offset),
    download: async (buffer) => values(buffer).slice(),
    fill: (buffer, value) => void values(buffer).fill(value),
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
}

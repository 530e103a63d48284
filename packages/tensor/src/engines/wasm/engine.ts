import { checkOptions } from "@llm/platform/options";
import type { DeviceBuffer } from "../../device-buffer.js";
import type { Engine } from "../../engine.js";
import { EngineError } from "../../errors.js";
import { closable, type OpenEngine } from "../closable.js";
import { MemoryCount } from "../device/memory.js";
import type { NativePlan } from "../native/attach.js";
import { copiesOf } from "../reference/batch-places.js";
import { permute } from "../reference/elementwise.js";
import { checkThreads } from "../threads/count.js";
import { canUseThreads, parallelism } from "../threads/platform.js";
import { type ThreadedKernels, threadedKernels } from "../threads/pool.js";
import { attentionKernels } from "./attention.js";
import { accessTo, bytesPerElement, integersAt, STORAGE, WasmBuffer } from "./buffers.js";
import { embeddingKernels } from "./embedding.js";
import { fusedKernels } from "./fused.js";
import { gemmKernels } from "./gemm.js";
import { groupedKernels } from "./grouped.js";
import { Heap } from "./heap.js";
import { KINDS } from "./instance.js";
import {
  linearCrossEntropy,
  linearLogProbabilities,
  linearLogProbabilitiesBackward,
} from "./linear-cross-entropy.js";
import { lossKernels } from "./loss.js";
import { bestVariant, compile, type Variant } from "./module.js";
import { normKernels } from "./norm.js";
import { optimizerKernels } from "./optimizer.js";
import { quantizedKernels } from "./quantized.js";
import { reductionKernels } from "./reduce.js";

/** AssemblyScript keeps its few constants below this address. */
const HEAP_START = 65536;

/** Elements a copy spans on one side. */
const reach = (offset: number, stride: number, rows: number, columns: number) =>
  rows === 0 ? 0 : offset + (rows - 1) * stride + columns;

function build(kernels: ThreadedKernels, heap: Heap, name: string, device: string): Engine {
  const memory = new MemoryCount();
  const gemmBytes = kernels.gemmScratch();
  const gemmScratch = heap.allocate(gemmBytes * kernels.threads);
  const access = accessTo(heap, memory);
  const { at } = access;
  const same = (length: number, ...buffers: DeviceBuffer[]) => buffers.map((buffer) => at(buffer, length));
  const open: OpenEngine = {
    name,
    device,
    memory,
    allocate(length, dtype) {
      const buffer = new WasmBuffer(heap, length, dtype);
      memory.add(buffer.bytes);
      return buffer;
    },
    free(buffer) {
      const address = at(buffer, 0);
      const { bytes } = buffer as WasmBuffer;
      (buffer as WasmBuffer).freed = true;
      heap.free(address, bytes);
      memory.remove(bytes);
    },
    upload(buffer, data, offset) {
      at(buffer, offset + data.length, bytesPerElement(buffer.dtype));
      (buffer as WasmBuffer).data.set(data, offset);
    },
    async download(buffer) {
      at(buffer, 0);
      return (buffer as WasmBuffer).data.slice();
    },
    fill(buffer, value) {
      const address = at(buffer, 0);
      const words = bytesPerElement(buffer.dtype) === 4;
      if (words && value === 0) kernels.zero(address, buffer.length);
      else (buffer as WasmBuffer).data.fill(value);
    },
    ...gemmKernels(kernels, access, gemmScratch),
    ...embeddingKernels(kernels, access),
    ...normKernels(kernels, access),
    ...attentionKernels(kernels, access),
    ...fusedKernels(kernels, access),
    activation({ kind, x, out }) {
      kernels.applyActivation(KINDS[kind], at(x, out.length), at(out, out.length), out.length);
    },
    activationBackward({ kind, x, dOut, dX }) {
      const { length } = dX.buffer;
      const [xs, ups, to] = same(length, x, dOut, dX.buffer) as [number, number, number];
      kernels.activationBackward(KINDS[kind], xs, ups, to, length, dX.accumulate);
    },
    softmax({ x, out, rows, columns }) {
      kernels.softmax(at(x, rows * columns), at(out, rows * columns), rows, columns);
    },
    softmaxBackward({ y, dOut, dX, rows, columns }) {
      const [ys, ups, to] = same(rows * columns, y, dOut, dX.buffer) as [number, number, number];
      kernels.softmaxBackward(ys, ups, to, rows, columns, dX.accumulate);
    },
    ...lossKernels(kernels, access),
    linearCrossEntropy(args) {
      linearCrossEntropy(args, this, kernels, access);
    },
    linearLogProbabilities(args) {
      linearLogProbabilities(args, this, kernels, access);
    },
    linearLogProbabilitiesBackward(args) {
      linearLogProbabilitiesBackward(args, this, kernels, access);
    },
    add({ a, b, out }) {
      kernels.add(at(a, out.length), at(b, out.length), at(out, out.length), out.length);
    },
    multiply({ a, b, out }) {
      const { length } = out.buffer;
      kernels.multiply(at(a, length), at(b, length), at(out.buffer, length), length, out.accumulate);
    },
    scale({ x, factor, out }) {
      const { length } = out.buffer;
      kernels.scale(at(x, length), factor, at(out.buffer, length), length, out.accumulate);
    },
    scaleBy({ x, factor, out }) {
      at(factor, 1);
      this.scale({ x, factor: (factor as WasmBuffer).data[0]!, out: { buffer: out, accumulate: false } });
    },
    // On the calling thread: one number for a whole row of a matrix.
    rsqrt({ x, min, out }) {
      at(x, out.length);
      at(out, out.length);
      const [from, to] = [(x as WasmBuffer).data, (out as WasmBuffer).data];
      for (let i = 0; i < out.length; i++) to[i] = 1 / Math.sqrt(Math.max(from[i]!, min));
    },
    broadcast({ x, factor, out }) {
      const { length } = out.buffer;
      kernels.broadcast(at(x, 1), factor, at(out.buffer, length), length, out.accumulate);
    },
    ...reductionKernels(kernels, access),
    dropout({ x, p, key, out }) {
      const { length } = out.buffer;
      const [xs, to] = same(length, x, out.buffer) as [number, number];
      const threshold = Math.ceil(p * 0x1_0000_0000);
      kernels.dropout(xs, to, length, 0, threshold, 1 / (1 - p), key[0], key[1], out.accumulate);
    },
    random({ kind, key, offset, factor, out }) {
      const fill = kind === "normal" ? kernels.randomNormal : kernels.randomUniform;
      fill(at(out, out.length), out.length, 0, key[0], key[1], offset, factor);
    },
    copy({ x, xOffset, xStride, out, outOffset, outStride, rows, columns }) {
      const from = at(x, reach(xOffset, xStride, rows, columns)) + 4 * xOffset;
      const to = at(out.buffer, reach(outOffset, outStride, rows, columns)) + 4 * outOffset;
      kernels.copy(from, xStride, to, outStride, rows, columns, out.accumulate);
    },
    cast({ x, out }) {
      const { length } = out;
      if (out.dtype === "bfloat16") kernels.toBfloat16(at(x, length), at(out, length, 2), length);
      else kernels.widen(at(x, length, 2), 0, at(out, length), 0, 1, length, STORAGE.bfloat16, 0);
    },
    writeRows(args) {
      for (const run of copiesOf(args, integersAt(access))) this.copy(run);
    },
    permute(args) {
      same(args.out.buffer.length, args.x, args.out.buffer);
      permute(args);
    },
    ...optimizerKernels(kernels, access),
    ...quantizedKernels(kernels, access),
    ...groupedKernels(kernels, access, gemmScratch),
  };
  return closable(open, () => {
    memory.clear();
    heap.close();
    return kernels.close();
  });
}

/** An engine over kernels in WebAssembly, some of them perhaps replaced by machine code. */
export async function engineOver(options: {
  name: string;
  device: string;
  /** Default: as many as there can be. */
  threads: number | undefined;
  plan: NativePlan | null;
  variant?: Variant | undefined;
}): Promise<Engine> {
  const { name, device, plan } = options;
  checkThreads(options.threads);
  const variant = options.variant ?? (await bestVariant());
  if (!variant) {
    throw new EngineError("WebAssembly with SIMD is not supported here. Use the reference engine.");
  }
  const make = async (threads: number) => {
    // Machine code needs memory that never moves, as shared memory does not.
    const shared = threads > 1 || plan !== null;
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 65_536, shared });
    const heap = new Heap(memory, HEAP_START);
    const module = await compile(variant, shared);
    const kernels = await threadedKernels(module, memory, threads, plan);
    const count = threads === 1 ? "one thread" : `${threads} threads`;
    return build(kernels, heap, name, `${device}, ${count}`);
  };
  const threads = canUseThreads() ? (options.threads ?? parallelism()) : 1;
  try {
    return await make(threads);
  } catch (error) {
    // A runtime may refuse workers, as Node does under --permission: then one thread does, unless more were asked for.
    if (threads === 1 || options.threads !== undefined) throw error;
    return make(1);
  }
}

/** The WebAssembly engine: embedded in the package, in Node and in browsers. Throws an EngineError without SIMD. */
export async function wasmEngine(options: { variant?: Variant; threads?: number } = {}): Promise<Engine> {
  const kinds = { variant: ["baseline", "relaxed"], threads: "any" } as const;
  checkOptions("wasmEngine", options, kinds, (message) => new EngineError(message));
  const { variant = (await bestVariant()) ?? undefined, threads } = options;
  const simd = variant === "relaxed" ? "128-bit SIMD with FMA" : "128-bit SIMD";
  return engineOver({ name: "wasm", device: `WebAssembly, ${simd}`, threads, plan: null, variant });
}

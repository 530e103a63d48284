import type { Engine, Storing } from "../../engine.js";
import { EngineError } from "../../errors.js";
import { KERNELS, kernelsOf } from "../../kernels.js";
import { closable } from "../closable.js";
import type { KernelTable } from "../device/kernels.js";
import { MemoryCount } from "../device/memory.js";
import * as activation from "./activation.js";
import { attention } from "./attention.js";
import { attentionBackward } from "./attention-backward.js";
import * as cast from "./cast.js";
import * as crossEntropy from "./cross-entropy.js";
import { Device, type WebgpuInputs, WIDTH } from "./device.js";
import * as elementwise from "./elementwise.js";
import * as embedding from "./embedding.js";
import { gemm } from "./gemm.js";
import type { GpuAdapterInfo, GpuDevice } from "./gpu.js";
import * as grouped from "./grouped.js";
import * as linearCrossEntropy from "./linear-cross-entropy.js";
import * as norm from "./norm.js";
import * as optimizer from "./optimizer.js";
import * as place from "./place.js";
import * as quantize from "./quantize.js";
import * as reduce from "./reduce.js";
import * as rope from "./rope.js";
import { download, fill, upload } from "./transfer.js";

/** What the engine has asked of its device so far. */
export interface WebgpuCounts {
  readonly buffers: number;
  readonly pipelines: number;
  readonly bindGroups: number;
  readonly submits: number;
  /** How often the host waited for values. */
  readonly downloads: number;
}

/** How products are made. */
export interface WebgpuOptions {
  /**
   * "float16" rounds what products multiply to halves, and adds in float32: half the memory of a workgroup. A weight that products
   * read again and again is kept in halves as well: they read half of the bytes, for half of its memory more. For decoding and
   * evaluation: a gradient below 6e-8 becomes 0. Default "float32".
   */
  inputs?: WebgpuInputs;
}

/** An engine over a WebGPU device. */
export interface WebgpuEngine extends Engine {
  /** What it has made and sent so far: a training step that is warm makes nothing. */
  counts(): WebgpuCounts;
}

/** Every kernel, in WGSL. */
const table: KernelTable<Device> = /* @__PURE__ */ kernelsOf({
  ...activation,
  ...cast,
  ...crossEntropy,
  ...elementwise,
  ...embedding,
  ...grouped,
  ...linearCrossEntropy,
  ...norm,
  ...optimizer,
  ...place,
  ...quantize,
  ...reduce,
  ...rope,
  attention,
  attentionBackward,
  gemm,
});

function storingOf(on: Device, device: string, memory: MemoryCount): Omit<Storing, "closed" | "close"> {
  return {
    name: "webgpu",
    device,
    memory,
    allocate(length, dtype) {
      const buffer = on.allocate(length, dtype);
      memory.add(length * WIDTH[dtype]);
      return buffer;
    },
    free(buffer) {
      const own = on.own(buffer);
      on.release(own);
      memory.remove(own.length * WIDTH[own.dtype]);
    },
    upload: (buffer, data, offset) => upload(on, on.own(buffer, offset + data.length), data, offset),
    download: async (buffer) => download(on, on.own(buffer)),
    fill: (buffer, value) => fill(on, on.own(buffer), value),
  };
}

/** What an adapter is, in words. */
export function inWords(info: GpuAdapterInfo | undefined): string {
  const words = [info?.vendor, info?.architecture, info?.device || info?.description].filter(Boolean);
  return `WebGPU, ${words.join(" ") || "a GPU that does not say its name"}`;
}

/** The engine over a device, which it destroys when it is closed. */
export function webgpuEngine(
  gpu: GpuDevice,
  device: string,
  { inputs = "float32" }: WebgpuOptions = {},
): WebgpuEngine {
  if (typeof gpu?.createComputePipeline !== "function") {
    throw new EngineError("webgpu needs a GPUDevice: await adapter.requestDevice() first.");
  }
  const on = new Device(gpu, inputs);
  const memory = new MemoryCount();
  const kernels = Object.fromEntries(
    KERNELS.map((name) => {
      const kernel = table[name] as (on: Device, args: object) => void;
      return [name, (args: object) => kernel(on, args)];
    }),
  ) as Pick<Engine, (typeof KERNELS)[number]>;
  const counts = () => on.counts;
  const described = inputs === "float16" ? `${device}, products of float16` : device;
  return closable({ ...kernels, ...storingOf(on, described, memory), counts }, () => {
    on.destroy();
    memory.clear();
  });
}

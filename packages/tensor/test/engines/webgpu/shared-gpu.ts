// Compiling a shader takes a GPU in software up to a second, and every engine begins without any. So the engines of the tests share
// one device, on which each text is compiled once. Closing an engine destroys the buffers it has made, and leaves the device.
import { findAdapter, requestDevice } from "../../../src/engines/webgpu/adapter.js";
import { webgpuEngine } from "../../../src/engines/webgpu/engine.js";
import type { GpuBuffer, GpuDevice } from "../../../src/engines/webgpu/gpu.js";
import type { WebgpuEngine } from "../../../src/engines/webgpu/index.js";

interface Shared {
  readonly gpu: GpuDevice;
  readonly device: string;
  /** By the text, which says what is bound as well. */
  readonly pipelines: Map<string, object>;
  readonly borrowers: Set<{ onuncapturederror: GpuDevice["onuncapturederror"] }>;
}

let sharing: Promise<Shared> | undefined;

async function share(from: string): Promise<Shared> {
  const found = await findAdapter({ from });
  if (!found.adapter) throw new Error(found.reason);
  const shared = {
    ...{ gpu: await requestDevice(found.adapter), device: found.device },
    ...{ pipelines: new Map<string, object>(), borrowers: new Set<{ onuncapturederror: null }>() },
  };
  // Which of them it was is not known.
  shared.gpu.onuncapturederror = (event) => {
    for (const each of shared.borrowers as Shared["borrowers"]) each.onuncapturederror?.(event);
  };
  return shared;
}

/** The device as a new engine sees it: as its own. */
function borrow({ gpu, pipelines, borrowers }: Shared): GpuDevice {
  const made: GpuBuffer[] = [];
  const borrowed: GpuDevice = {
    ...{ limits: gpu.limits, queue: gpu.queue, onuncapturederror: null },
    lost: new Promise(() => {}),
    createBuffer(options) {
      const buffer = gpu.createBuffer(options);
      made.push(buffer);
      return buffer;
    },
    createShaderModule: ({ code }) => ({ code }),
    createComputePipeline(options) {
      const { compute, ...rest } = options as { compute: { module: { code: string } } };
      const { code } = compute.module;
      const known = pipelines.get(code);
      if (known) return known;
      const module = gpu.createShaderModule({ code });
      const pipeline = gpu.createComputePipeline({ ...rest, compute: { ...compute, module } });
      pipelines.set(code, pipeline);
      return pipeline;
    },
    createBindGroupLayout: (options) => gpu.createBindGroupLayout(options),
    createPipelineLayout: (options) => gpu.createPipelineLayout(options),
    createBindGroup: (options) => gpu.createBindGroup(options),
    createCommandEncoder: () => gpu.createCommandEncoder(),
    destroy() {
      for (const buffer of made) buffer.destroy();
      borrowers.delete(borrowed);
    },
  };
  borrowers.add(borrowed);
  return borrowed;
}

/** An engine on the tests' device. */
export async function engineOnShared(from: string): Promise<WebgpuEngine> {
  sharing ??= share(from);
  const shared = await sharing;
  return webgpuEngine(borrow(shared), shared.device);
}

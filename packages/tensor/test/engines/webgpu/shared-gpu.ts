// Compiling a shader takes a GPU in software up to a second, and every engine begins without any. So the engines of the tests share
// one device, on which each text is compiled once. Closing an engine destroys the buffers it has made, and leaves the device.
import { findAdapter, requestDevice } from "../../../src/engines/webgpu/adapter.js";
import { webgpuEngine } from "../../../src/engines/webgpu/engine.js";
import {
  type GpuAdapter,
  type GpuBuffer,
  type GpuDevice,
  type GpuEncoder,
  LIMITS,
} from "../../../src/engines/webgpu/gpu.js";
import type { WebgpuEngine } from "../../../src/engines/webgpu/index.js";
import { useSoftware, webgpuFrom } from "./software.js";

interface Shared {
  readonly gpu: GpuDevice;
  readonly device: string;
  /** By the text, which says what is bound as well. */
  readonly pipelines: Map<string, object>;
  readonly borrowers: Set<{ onuncapturederror: GpuDevice["onuncapturederror"] }>;
}

/** Buffers of a shader that every GPU allows; one in software allows more. */
const LEAST = 8;

/** An adapter of a test's own: it gives one device. */
export async function ownAdapter(): Promise<GpuAdapter> {
  useSoftware();
  const found = await findAdapter({ from: webgpuFrom! });
  if (!found.adapter) throw new Error(found.reason);
  return found.adapter;
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

/** An encoder that allows so many workgroups a dimension. */
function limited(encoder: GpuEncoder, most: number): GpuEncoder {
  return {
    beginComputePass() {
      const pass = encoder.beginComputePass();
      return {
        setPipeline: (pipeline) => pass.setPipeline(pipeline),
        setBindGroup: (...group) => pass.setBindGroup(...group),
        dispatchWorkgroups(...groups) {
          if (Math.max(...groups) > most) throw new Error(`${groups} workgroups: a dimension has ${most}.`);
          pass.dispatchWorkgroups(...groups);
        },
        end: () => pass.end(),
      };
    },
    copyBufferToBuffer: (...places) => encoder.copyBufferToBuffer(...places),
    finish: () => encoder.finish(),
  };
}

const limitsOf = ({ limits }: GpuDevice) =>
  Object.fromEntries(LIMITS.map((name) => [name, limits[name]])) as GpuDevice["limits"];

/** The device as a new engine sees it: as its own. */
function borrow({ gpu, pipelines, borrowers }: Shared, limits: Partial<GpuDevice["limits"]>): GpuDevice {
  const made: GpuBuffer[] = [];
  const borrowed: GpuDevice = {
    ...{ limits: { ...limitsOf(gpu), ...limits }, queue: gpu.queue, onuncapturederror: null },
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
    createBindGroupLayout(options) {
      const buffers = options.entries.length - 1; // the first is for numbers
      if (buffers > LEAST) throw new Error(`A shader has ${buffers} buffers: some GPUs allow only ${LEAST}.`);
      return gpu.createBindGroupLayout(options);
    },
    createPipelineLayout: (options) => gpu.createPipelineLayout(options),
    createBindGroup: (options) => gpu.createBindGroup(options),
    createCommandEncoder: () =>
      limited(gpu.createCommandEncoder(), borrowed.limits.maxComputeWorkgroupsPerDimension),
    destroy() {
      for (const buffer of made) buffer.destroy();
      borrowers.delete(borrowed);
    },
  };
  borrowers.add(borrowed);
  return borrowed;
}

/** An engine on the tests' device, which may say that it has less. */
export async function engineOnShared(
  from: string,
  limits: Partial<GpuDevice["limits"]> = {},
): Promise<WebgpuEngine> {
  sharing ??= share(from);
  const shared = await sharing;
  return webgpuEngine(borrow(shared, limits), shared.device);
}

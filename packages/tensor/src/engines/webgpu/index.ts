import { inWords, type WebgpuEngine, webgpuEngine } from "./engine.js";
import type { GpuAdapterInfo, GpuDevice } from "./gpu.js";

export type { WebgpuCounts, WebgpuEngine } from "./engine.js";

/** A `GPUDevice`: whatever has its methods. */
export interface WebgpuDevice {
  readonly adapterInfo?: object;
  readonly limits: object;
  readonly queue: object;
  readonly lost: Promise<unknown>;
  createComputePipeline(descriptor: never): object;
  destroy(): void;
}

/**
 * The engine on a device of one's own, such as one with a trace or with other limits. It is the engine's from now on: closing the
 * engine destroys it. `useEngine("webgpu")` asks for a device itself.
 *
 *     const adapter = await navigator.gpu.requestAdapter();
 *     await useEngine(webgpu(await adapter.requestDevice()));
 *
 * @throws {EngineError} for what is no device
 */
export function webgpu(device: WebgpuDevice): WebgpuEngine {
  return webgpuEngine(
    device as unknown as GpuDevice,
    inWords(device?.adapterInfo as GpuAdapterInfo | undefined),
  );
}

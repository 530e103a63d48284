import { checkOptions } from "@llm/platform/options";
import { EngineError } from "../../errors.js";
import { inWords, type WebgpuEngine, type WebgpuOptions, webgpuEngine } from "./engine.js";
import type { GpuAdapterInfo, GpuDevice } from "./gpu.js";

export type { WebgpuInputs } from "./device.js";
export type { WebgpuCounts, WebgpuEngine, WebgpuOptions } from "./engine.js";

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
export function webgpu(device: WebgpuDevice, options: WebgpuOptions = {}): WebgpuEngine {
  const kinds = { inputs: ["float32", "float16"] } as const;
  checkOptions("webgpu", options, kinds, (message) => new EngineError(message));
  return webgpuEngine(
    device as unknown as GpuDevice,
    inWords(device?.adapterInfo as GpuAdapterInfo | undefined),
    options,
  );
}

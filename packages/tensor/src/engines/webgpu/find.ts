// Where a device comes from: the page's `navigator.gpu`, or in Node the package `webgpu`, which users may have installed.
import { EngineError } from "../../errors.js";
import { searchFrom } from "../search-from.js";
import { builtin } from "../threads/platform.js";
import { inWords, type WebgpuEngine, webgpuEngine } from "./engine.js";
import { type Gpu, type GpuAdapter, type GpuDevice, LIMITS } from "./gpu.js";

/** An adapter and what it is, or what is missing. */
export type FoundAdapter =
  | { readonly adapter: GpuAdapter; readonly device: string; readonly isSoftware: boolean }
  | { readonly adapter?: undefined; readonly reason: string };

/** What the package made. A process dies if it is collected, so it is kept as long as the process lives. */
const KEEP = Symbol.for("@llm/tensor webgpu");

const page = (): Gpu | undefined => (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;

async function packageGpu(): Promise<Gpu | string> {
  const kept = globalThis as { [KEEP]?: Gpu };
  if (kept[KEEP]) return kept[KEEP];
  const from = searchFrom();
  const module = builtin("node:module");
  const url = builtin("node:url");
  if (!from || !module || !url) return "there is no navigator.gpu here";
  let path: string;
  try {
    path = module.createRequire(from).resolve("webgpu");
  } catch {
    return "the package webgpu is not installed; `npm install webgpu` adds it";
  }
  try {
    const { create } = (await import(/* @vite-ignore */ url.pathToFileURL(path).href)) as {
      create(flags: string[]): Gpu;
    };
    kept[KEEP] = create([]);
    return kept[KEEP];
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split("\n");
    return `the package webgpu is installed, but it does not load: ${line}`;
  }
}

/** The adapter that WebGPU would give here. */
export async function findAdapter(): Promise<FoundAdapter> {
  const gpu = page() ?? (await packageGpu());
  if (typeof gpu === "string") return { reason: gpu };
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { reason: "WebGPU is there, but no GPU: no adapter was given" };
  const { info } = adapter;
  const isSoftware =
    info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|software/i.test(inWords(info));
  return { adapter, isSoftware, device: `${inWords(info)}${isSoftware ? " (software)" : ""}` };
}

/** A device with the highest limits that its adapter has. */
export function requestDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  return adapter.requestDevice({ requiredLimits });
}

/** The engine on the adapter that is found. @throws {EngineError} with what is missing */
export async function createWebgpu(): Promise<WebgpuEngine> {
  const found = await findAdapter();
  if (!found.adapter) throw new EngineError(`The engine "webgpu" is not available: ${found.reason}.`);
  return webgpuEngine(await requestDevice(found.adapter), found.device);
}

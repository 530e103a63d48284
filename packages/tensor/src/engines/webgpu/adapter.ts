// Where a device comes from: the page's `navigator.gpu`, or in Node the package `webgpu`, which users may have installed.
import type { Engine } from "../../engine.js";
import { EngineError } from "../../errors.js";
import { searchFrom } from "../search-from.js";
import { builtin } from "../threads/platform.js";
import { inWords, type WebgpuEngine, type WebgpuOptions, webgpuEngine } from "./engine.js";
import { type Gpu, type GpuAdapter, type GpuDevice, LIMITS } from "./gpu.js";

/** An adapter and what it is, or what is missing. */
export type FoundAdapter =
  | { readonly adapter: GpuAdapter; readonly device: string; readonly isSoftware: boolean }
  | { readonly adapter?: undefined; readonly reason: string };

/** What the package made. A process dies if it is collected, so it is kept as long as the process lives. */
const KEEP = Symbol.for("@llm/tensor webgpu");

const page = (): Gpu | undefined => (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;

async function packageGpu(from = searchFrom()): Promise<Gpu | string> {
  const kept = globalThis as { [KEEP]?: Gpu };
  if (kept[KEEP]) return kept[KEEP];
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

/** Where the package is looked for: another file than the package's own is for tests. */
export interface FindOptions {
  from?: string;
}

/** The adapter that WebGPU gives here. */
export async function findAdapter({ from }: FindOptions = {}): Promise<FoundAdapter> {
  const gpu = page() ?? (await packageGpu(from));
  if (typeof gpu === "string") return { reason: gpu };
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { reason: "WebGPU is there, but no GPU: no adapter was given" };
  const { info } = adapter;
  const isSoftware =
    info?.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|software/i.test(inWords(info));
  return { adapter, isSoftware, device: `${inWords(info)}${isSoftware ? " (software)" : ""}` };
}

/** A device with the highest limits that its adapter has. */
export function requestDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  return adapter.requestDevice({ requiredLimits });
}

/** The engine on the adapter that is found. @throws {EngineError} with what is missing */
export async function createWebgpu({
  inputs,
  ...where
}: FindOptions & WebgpuOptions = {}): Promise<WebgpuEngine> {
  const found = await findAdapter(where);
  if (!found.adapter) throw new EngineError(`The engine "webgpu" is not available: ${found.reason}.`);
  return webgpuEngine(await requestDevice(found.adapter), found.device, inputs ? { inputs } : {});
}

/** Whether "auto" is to take the engine: on a real GPU; and in Node, where `native` is fast, only if it is faster than that. */
export async function isBest(native: (() => Promise<Engine>) | undefined): Promise<boolean> {
  const found = await findAdapter();
  if (!found.adapter || found.isSoftware) return false;
  if (page() || !native) return true;
  const theirs = await native().catch(() => null);
  if (!theirs) return true; // it looked available, and is not
  const ours = webgpuEngine(await requestDevice(found.adapter), found.device);
  try {
    return (await secondsOfProduct(ours)) < (await secondsOfProduct(theirs));
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
}

/** The least of three times that a product of 1024 rows and columns takes, once it is warm. */
async function secondsOfProduct(on: Engine): Promise<number> {
  const size = 1024;
  const [a, b, out] = [0, 1, 2].map(() => on.allocate(size * size, "float32"));
  on.fill(a!, 1);
  on.fill(b!, 1);
  const last = on.allocate(1, "float32");
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    const started = performance.now();
    on.gemm({
      ...{ a: a!, b: b!, out: { buffer: out!, accumulate: false } },
      ...{ m: size, n: size, k: size, batch: 1, transposeA: false, transposeB: false },
    });
    on.sum({ x: out!, factor: 1, out: last });
    await on.download(last); // small, so that its way does not count
    if (i > 0) least = Math.min(least, performance.now() - started);
  }
  return least / 1000;
}

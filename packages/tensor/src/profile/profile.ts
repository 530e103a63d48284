import { engine } from "../current.js";
import { EngineError } from "../errors.js";
import { type KernelCall, Recorder } from "./recorder.js";
import { chromeTrace, type KernelProfile, type Measurements, table } from "./report.js";

/** What `profile` found. */
export interface Profile<T> extends Measurements {
  /** What the function returned. */
  readonly value: T;
  /** The kernels as a text table, the most expensive first. */
  table(): string;
  /** JSON for chrome://tracing and ui.perfetto.dev: one event a call, with its sizes, and the memory over time. */
  chromeTrace(): string;
}

let active = false;

/**
 * Runs `fn`, which may be async, and tells what every kernel of the engine in use took meanwhile: calls, time, memory,
 * and GFLOP/s of products and attention. Every method of the engine is watched, so new kernels are too; when `fn` ends
 * or throws, the engine is as it was, and without `profile` nothing is measured and nothing costs.
 *
 * A time is how long the call took until it returned, `download` until its promise settled. That is the kernel's work
 * on engines that compute during the call (`wasm`, `reference`). On an engine that computes later, such as on a GPU, it
 * is the time to hand the work over, and the work itself shows in the next `download`; end `fn` with one to wait for
 * it. Memory is what the engine counts, the scratch space inside its kernels left out.
 *
 * @throws {EngineError} when a profile is already being taken, or no engine was chosen
 */
export async function profile<T>(fn: () => T | Promise<T>): Promise<Profile<T>> {
  if (active) {
    throw new EngineError("profile: a profile is already being taken. Await it before you begin another.");
  }
  const on = engine();
  active = true;
  try {
    const startBytes = on.memory.bytes;
    const recorder = new Recorder(on);
    let value: T;
    let total: number;
    try {
      value = await fn();
      total = recorder.elapsed;
    } finally {
      recorder.stop();
    }
    const calls = recorder.calls.map((call) => ({ ...call })); // some may still be waited for
    const endBytes = on.memory.bytes;
    const memory = {
      startBytes,
      peakBytes: calls.reduce((peak, { memoryBytes }) => Math.max(peak, memoryBytes), startBytes),
      endBytes,
      allocatedBytes: allocated(calls, startBytes),
    };
    const { name, device } = on;
    const found = { value, engine: name, device, total, kernels: summarise(calls), memory };
    return { ...found, table: () => table(found), chromeTrace: () => chromeTrace(found, calls) };
  } finally {
    active = false;
  }
}

/** All growth from one call to the next. */
function allocated(calls: readonly KernelCall[], startBytes: number): number {
  let held = startBytes;
  let sum = 0;
  for (const { memoryBytes } of calls) {
    sum += Math.max(0, memoryBytes - held);
    held = memoryBytes;
  }
  return sum;
}

function summarise(calls: readonly KernelCall[]): KernelProfile[] {
  const byKernel = new Map<string, KernelCall[]>();
  for (const call of calls) {
    const same = byKernel.get(call.kernel);
    if (same) same.push(call);
    else byKernel.set(call.kernel, [call]);
  }
  const kernels = [...byKernel].map(([kernel, same]): KernelProfile => {
    const sum = (value: (call: KernelCall) => number) => same.reduce((all, call) => all + value(call), 0);
    const total = sum(({ milliseconds }) => milliseconds);
    const flops = sum((call) => call.flops ?? 0);
    return {
      kernel,
      calls: same.length,
      total,
      min: same.reduce((least, { milliseconds }) => Math.min(least, milliseconds), Number.POSITIVE_INFINITY),
      max: same.reduce((most, { milliseconds }) => Math.max(most, milliseconds), 0),
      ...(flops > 0 ? { flops, gflops: flops / total / 1e6 } : {}),
      allocatedBytes: sum(({ allocatedBytes }) => allocatedBytes),
    };
  });
  return kernels.sort((a, b) => b.total - a.total);
}

// What runs in a worker. scripts/worker.mjs bundles it into worker.generated.ts, so that a worker starts from a string in
// every runtime, with and without a bundler.
import { onRequest } from "@llm/platform/worker";
import { kernelsOver, type NativePlan } from "../native/attach.js";
import { Control } from "./control.js";

/** What a worker is started with. */
export interface WorkerStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: SharedArrayBuffer;
  /** Its number, and the kernels by theirs. */
  worker: number;
  names: readonly string[];
  native: NativePlan | null;
}

function start({ module, memory, control, worker, names, native }: WorkerStart, ready: () => void): void {
  const byName = kernelsOver(module, memory, native) as unknown as Record<
    string,
    (...args: number[]) => unknown
  >;
  ready();
  new Control(control).work(
    worker,
    names.map((name) => byName[name]!),
  );
}

onRequest<WorkerStart, "ready">((message, reply) => start(message, () => reply("ready")));

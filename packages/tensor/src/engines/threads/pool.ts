import { kernelsOver, type NativePlan, productUnit } from "../native/attach.js";
import type { Kernels } from "../wasm/instance.js";
import { type Call, Control, MOST_CALLS } from "./control.js";
import { startWorker } from "./platform.js";
import { type Split, splits } from "./split.js";
import { WORKER } from "./worker.generated.js";

type Args = readonly (number | boolean)[];

/** Kernels that share their work with other threads. */
export interface ThreadedKernels extends Kernels {
  readonly threads: number;
  /** Runs a kernel once for each of these argument lists, in any order and on any thread: they must not meet. */
  each(name: keyof Kernels, calls: readonly Args[]): void;
  /** Ends the workers: the last thing to be called. */
  close(): Promise<void>;
}

/**
 * Kernels over this memory on `threads` threads: this one, and workers that stay. With more than one the memory must be
 * shared. A call returns when all of it is done.
 */
export async function threadedKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
  native: NativePlan | null,
): Promise<ThreadedKernels> {
  const own = kernelsOver(module, memory, native);
  const names = Object.keys(own).filter((name) => typeof own[name as keyof Kernels] === "function");
  const direct = (name: string, args: Args) =>
    (own[name as keyof Kernels] as (...args: Args) => unknown)(...args);
  if (threads === 1) {
    const each = (name: keyof Kernels, calls: readonly Args[]) =>
      calls.forEach((args) => void direct(name, args));
    return { ...own, threads, each, close: async () => {} };
  }

  const control = new Control(threads - 1);
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, worker) =>
      startWorker(WORKER, { module, memory, control: control.buffer, worker, names, native }),
    ),
  );
  const kernels = names.map((name) => own[name as keyof Kernels] as (...args: number[]) => unknown);
  const kernelOf = new Map(names.map((name, i) => [name, i]));

  /** Thread t does lists[t]. */
  const run = (name: string, lists: readonly (readonly Args[])[]) => {
    const kernel = kernelOf.get(name)!;
    control.start(lists.slice(1).map((list) => list.map((args): Call => ({ kernel, args }))));
    try {
      for (const args of lists[0]!) direct(name, args);
    } finally {
      control.finish(lists.length - 1, kernels);
    }
  };

  const shared: Record<string, (...args: (number | boolean)[]) => unknown> = {};
  for (const [name, split] of Object.entries(
    splits(own.gemmScratch(), productUnit(native)) as Record<string, Split>,
  )) {
    if (!kernelOf.has(name)) continue;
    shared[name] = (...args) => {
      const first = split(args, 0, threads);
      const second = split(args, 1, threads);
      if (!second) return direct(name, first ?? args);
      const lists = [first ? [first] : [], [second]];
      for (let part = 2; part < threads; part++) {
        const mine = split(args, part, threads);
        lists.push(mine ? [mine] : []);
      }
      run(name, lists);
      return undefined;
    };
  }
  return {
    ...own,
    ...(shared as Partial<Kernels>),
    threads,
    each(name, calls) {
      const size = MOST_CALLS * threads;
      for (let at = 0; at < calls.length; at += size) {
        const some = calls.slice(at, at + size);
        const lists = Array.from({ length: threads }, (_, t) => some.filter((_, i) => i % threads === t));
        if (some.length === 1) direct(name, some[0]!);
        else run(name, lists);
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

import type { Engine } from "../engine.js";
import { EngineError } from "../errors.js";
import { flopsOf } from "./flops.js";

/** One call of an engine's method. */
export interface KernelCall {
  readonly kernel: string;
  /** Milliseconds since profiling began. */
  readonly start: number;
  milliseconds: number;
  readonly flops: number | undefined;
  /** What was allocated since the kernel before. */
  readonly allocatedBytes: number;
  /** What the engine holds after the call. */
  memoryBytes: number;
  /** Sizes and options. */
  readonly args: Readonly<Record<string, string | number | boolean>>;
  /** Whether it answered with a promise, which was waited for. */
  waited: boolean;
}

type Method = (...args: unknown[]) => unknown;

/** The numbers, words and switches among the arguments; of a buffer, what every buffer has; of tensors, how many. */
function describe(args: readonly unknown[]): KernelCall["args"] {
  const [first, second] = args;
  if (typeof first === "number") return { length: first, dtype: String(second) };
  if (typeof first !== "object" || first === null) return {};
  if ("length" in first && "dtype" in first) {
    return { length: Number(first.length), dtype: String(first.dtype) };
  }
  const kinds = ["string", "number", "boolean"];
  const scalars = Object.entries(first).filter(([, value]) => kinds.includes(typeof value));
  return {
    ...Object.fromEntries(scalars),
    ...("tensors" in first && Array.isArray(first.tensors) && { tensors: first.tensors.length }),
  };
}

/** Watches the calls of one engine. */
export class Recorder {
  readonly calls: KernelCall[] = [];
  readonly #engine: Engine;
  readonly #begin = performance.now();
  readonly #restore: (() => void)[] = [];
  #depth = 0;
  #allocated = 0;

  /**
   * Puts itself before every method of the engine object, whatever they are. Not a Proxy around it: tensors and the
   * tape know their engine by identity, and those made before, inside and after must all go on working.
   */
  constructor(engine: Engine) {
    this.#engine = engine;
    const seen = new Set<string>(["constructor"]);
    for (let at: object = engine; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (seen.has(name) || typeof value !== "function") continue;
        seen.add(name);
        this.#watch(name, value);
      }
    }
  }

  #watch(name: string, method: Method): void {
    const engine = this.#engine;
    const before = Object.getOwnPropertyDescriptor(engine, name);
    const watched = (...args: unknown[]) => this.#call(name, args, () => method.apply(engine, args));
    const property = {
      value: watched,
      configurable: true,
      enumerable: before?.enumerable ?? false,
      writable: true,
    };
    if (!Reflect.defineProperty(engine, name, property)) {
      this.stop();
      throw new EngineError(
        `profile: the methods of the engine "${engine.name}" cannot be watched, because the object is frozen.`,
      );
    }
    this.#restore.push(() => {
      if (before) Object.defineProperty(engine, name, before);
      else Reflect.deleteProperty(engine, name);
    });
  }

  #call(kernel: string, args: readonly unknown[], run: () => unknown): unknown {
    if (this.#depth > 0) return run(); // the engine's own business, and part of the call around it
    const { memory } = this.#engine;
    const isMemory = kernel === "allocate" || kernel === "free";
    const held = memory.bytes;
    const start = performance.now();
    const call: KernelCall = {
      kernel,
      start: start - this.#begin,
      milliseconds: Number.NaN,
      flops: flopsOf(kernel, args[0]),
      allocatedBytes: isMemory ? 0 : this.#allocated,
      memoryBytes: held,
      args: describe(args),
      waited: false,
    };
    this.calls.push(call);
    const done = () => {
      call.milliseconds = performance.now() - start;
      call.memoryBytes = memory.bytes;
    };
    let result: unknown;
    this.#depth++;
    try {
      result = run();
    } finally {
      this.#depth--;
      done();
      if (!isMemory) this.#allocated = 0;
      else if (memory.bytes > held) this.#allocated += memory.bytes - held;
    }
    if (result instanceof Promise) {
      call.waited = true;
      result.then(done, done);
    }
    return result;
  }

  /** Milliseconds so far. */
  get elapsed(): number {
    return performance.now() - this.#begin;
  }

  /** Gives the engine its own methods back. */
  stop(): void {
    for (const restore of this.#restore.splice(0)) restore();
  }
}

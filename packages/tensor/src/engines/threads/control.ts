// The block of shared memory through which the calling thread and its workers speak. Three numbers first: the job's, which
// workers wait to change; how many of them are not done; and whether one has failed. Then a list of calls for each worker: how many there are, and for
// each which kernel it is and its arguments, all as float64.

import { EngineError } from "../../errors.js";

const EPOCH = 0;
const PENDING = 1;
const FAILED = 2;
const HEADER = 64;
/** Calls that a worker can be given at once. */
export const MOST_CALLS = 64;
const ARGUMENTS = 23;
const CALL = ARGUMENTS + 1;
const LIST = 8 + MOST_CALLS * CALL;

/** Looks at a number before a thread goes to sleep: about 20 microseconds. Waking one costs as much. */
const LOOKS = 20_000;

/** A call of a kernel: its place in the list of names, and its arguments. */
export interface Call {
  kernel: number;
  args: readonly (number | boolean)[];
}

/** Either end of the block. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array;
  readonly #numbers: Float64Array;

  /** @param memory a block of this size, or for how many workers to make one */
  constructor(memory: SharedArrayBuffer | number) {
    this.buffer = typeof memory === "number" ? new SharedArrayBuffer(HEADER + memory * LIST * 8) : memory;
    this.#flags = new Int32Array(this.buffer, 0, HEADER / 4);
    this.#numbers = new Float64Array(this.buffer, HEADER);
  }

  /** Gives each worker its calls; they start at once. */
  start(lists: readonly (readonly Call[])[]): void {
    lists.forEach((calls, worker) => {
      let at = worker * LIST;
      this.#numbers[at] = calls.length;
      at += 8;
      for (const { kernel, args } of calls) {
        this.#numbers[at] = kernel;
        for (let i = 0; i < args.length; i++) this.#numbers[at + 1 + i] = Number(args[i]);
        at += CALL;
      }
    });
    Atomics.store(this.#flags, PENDING, lists.length);
    Atomics.add(this.#flags, EPOCH, 1);
    Atomics.notify(this.#flags, EPOCH);
  }

  /** Waits until all workers are done. @throws EngineError if one of them failed */
  finish(): void {
    this.#wait();
    if (Atomics.load(this.#flags, FAILED) === 0) return;
    throw new EngineError("A thread failed within a kernel: its results are lost. Make a new engine.");
  }

  #wait(): void {
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.#flags, PENDING) === 0) return;
    for (let left = Atomics.load(this.#flags, PENDING); left > 0; left = Atomics.load(this.#flags, PENDING)) {
      Atomics.wait(this.#flags, PENDING, left, 1000);
    }
  }

  /** A worker's life: does the calls of one job after the other, and never returns. */
  work(worker: number, kernels: readonly ((...args: number[]) => unknown)[]): never {
    const args: number[] = [];
    for (let seen = 0; ; seen++) {
      let look = 0;
      while (Atomics.load(this.#flags, EPOCH) === seen) {
        if (++look > LOOKS) Atomics.wait(this.#flags, EPOCH, seen);
      }
      let at = worker * LIST;
      const calls = this.#numbers[at]!;
      at += 8;
      for (let i = 0; i < calls; i++, at += CALL) {
        for (let k = 0; k < ARGUMENTS; k++) args[k] = this.#numbers[at + 1 + k]!;
        try {
          kernels[this.#numbers[at]!]!(...args);
        } catch {
          Atomics.store(this.#flags, FAILED, 1);
        }
      }
      if (Atomics.sub(this.#flags, PENDING, 1) === 1) Atomics.notify(this.#flags, PENDING);
    }
  }
}

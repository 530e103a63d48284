// The block of shared memory through which the calling thread and its workers speak. First the job's number, which workers wait
// to change; how many lists of calls are not done; whether one has failed; and for each worker whether its list is taken. Then the
// lists: how many calls there are, and for each which kernel it is and its arguments, all as float64.
//
// A worker may come late: the system has other work for its core. So a list belongs to nobody until a thread takes it, and the
// calling thread, when it has done its own, takes those that no worker has begun. It waits for begun ones only. A list is taken
// as a whole: its calls may use the same scratch memory.

import { EngineError } from "../../errors.js";

const EPOCH = 0;
const PENDING = 1;
const FAILED = 2;
/** For each worker the job's number, times two, and one more when its list is taken. */
const TAKEN = 16;
const HEADER = 4 * (TAKEN + 64);
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

/** A kernel, called with the arguments of a {@link Call}. */
type Kernel = (...args: number[]) => unknown;

/** Either end of the block. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array;
  readonly #numbers: Float64Array;
  readonly #args: number[] = [];

  /** @param memory a block of this size, or for how many workers to make one */
  constructor(memory: SharedArrayBuffer | number) {
    this.buffer = typeof memory === "number" ? new SharedArrayBuffer(HEADER + memory * LIST * 8) : memory;
    this.#flags = new Int32Array(this.buffer, 0, HEADER / 4);
    this.#numbers = new Float64Array(this.buffer, HEADER);
  }

  /** Gives each worker its calls; they start at once. */
  start(lists: readonly (readonly Call[])[]): void {
    const job = Atomics.load(this.#flags, EPOCH) + 1;
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
    // Only now may they be taken: by a worker that comes late from the job before too.
    for (let worker = 0; worker < lists.length; worker++) {
      Atomics.store(this.#flags, TAKEN + worker, job << 1);
    }
    Atomics.store(this.#flags, EPOCH, job);
    Atomics.notify(this.#flags, EPOCH);
  }

  /** Does the lists that no worker has begun, and waits until all are done. @throws EngineError if one of them failed */
  finish(workers: number, kernels: readonly Kernel[]): void {
    for (let worker = 0; worker < workers; worker++) this.#doList(worker, kernels);
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
  work(worker: number, kernels: readonly Kernel[]): never {
    for (let seen = 0; ; ) {
      let look = 0;
      while (Atomics.load(this.#flags, EPOCH) === seen) {
        if (++look > LOOKS) Atomics.wait(this.#flags, EPOCH, seen);
      }
      seen = Atomics.load(this.#flags, EPOCH);
      this.#doList(worker, kernels);
    }
  }

  /** Takes a worker's list and does its calls, unless it is taken. */
  #doList(worker: number, kernels: readonly Kernel[]): void {
    const free = Atomics.load(this.#flags, TAKEN + worker);
    if (free & 1 || Atomics.compareExchange(this.#flags, TAKEN + worker, free, free | 1) !== free) return;
    let at = worker * LIST;
    const calls = this.#numbers[at]!;
    at += 8;
    for (let i = 0; i < calls; i++, at += CALL) {
      const args = this.#args;
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

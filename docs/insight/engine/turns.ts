import { type Engine as TensorEngine, useEngine } from "@llm/tensor";
import { hasSimd, NO_SIMD } from "./simd.js";

/** What computes, and why it is slow, where it is. */
interface Started {
  readonly on: TensorEngine;
  readonly slow: string | undefined;
}

/** Models are on different engines, and one engine is in use at a time: so one model computes at a time. */
export class Turns {
  #started: Promise<Started> | undefined;
  /** What runs were asked to compute on besides what was started. */
  readonly #chosen = new Map<string, TensorEngine>();
  /** The end of what was asked last of a model. */
  #last: Promise<unknown> = Promise.resolve();
  /** What ends work that gives way. */
  #way: AbortController | undefined;

  /** What computes where nothing else was chosen. */
  start(): Promise<Started> {
    this.#started ??= startEngine();
    return this.#started;
  }

  /** What computes by its name. @throws in words, where it cannot be here */
  async choose(name: "wasm" | "webgpu"): Promise<TensorEngine> {
    const { on: usual } = await this.start();
    if (usual.name === name) return usual;
    const on = this.#chosen.get(name) ?? (await useEngine(name, { threads: 1 }));
    this.#chosen.set(name, on);
    return on;
  }

  /** The next who chooses this one has it made anew. */
  forget({ name }: TensorEngine): void {
    this.#chosen.delete(name);
  }

  /** Does a model's work when all that was asked before is done. */
  take<T>(on: TensorEngine, work: () => Promise<T>): Promise<T> {
    this.#way?.abort();
    const turn = this.#last.then(async () => {
      await useEngine(on);
      return work();
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Does work that ends with an error where anything newer is asked for. */
  giveWay<T>(on: TensorEngine, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const own = new AbortController();
    const ended = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
    const turn = this.take(on, () => work(ended));
    this.#way = own;
    return turn;
  }
}

/** Starts what computes: the fastest there is here, on one thread. */
async function startEngine(): Promise<Started> {
  const on = await useEngine("auto", { threads: 1 });
  const slow = hasSimd()
    ? on.name === "reference"
      ? "Plain JavaScript computes here, and slowly."
      : undefined
    : `${NO_SIMD}: plain JavaScript computes, slowly, and a text is written as ids, such as #84 #258.`;
  return { on, slow };
}

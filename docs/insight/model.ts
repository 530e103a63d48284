import type { Engine } from "./engine/engine.js";
import type { Answer, Request } from "./protocol.js";

type Method = keyof Engine;
type Argument<M extends Method> = Parameters<Engine[M]>[0];
type Result<M extends Method> = Awaited<ReturnType<Engine[M]>>;

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** The worker could not be loaded. */
class WorkerLost extends Error {}

/**
 * The engine as the page sees it. It works in a worker, so that the page stays awake; where no worker starts, it works on the
 * page's own thread, and `noted` is told.
 */
export class Model {
  readonly #noted: (note: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #here: Promise<Engine> | undefined;
  #next = 0;
  #closed = false;

  constructor(noted: (note: string) => void) {
    this.#noted = noted;
  }

  /** Calls a method of the engine. @throws what it throws, in words, and the signal's reason */
  async call<M extends Method>(method: M, argument: Argument<M>, signal?: AbortSignal): Promise<Result<M>> {
    signal?.throwIfAborted();
    if (this.#closed) throw new Error("The view is closed.");
    const worker = this.#start();
    if (!worker) return this.#callHere(method, argument, signal);
    try {
      return await this.#ask(worker, method, argument, signal);
    } catch (error) {
      if (error instanceof WorkerLost) return this.#callHere(method, argument, signal);
      throw error;
    }
  }

  /** Tells the reader something that holds for all that is computed. */
  note(sentence: string): void {
    this.#noted(sentence);
  }

  /** Ends the worker, and what it was at. */
  close(): void {
    this.#closed = true;
    this.#worker?.terminate();
    this.#rejectAll(new Error("The view is closed."));
  }

  async #ask<M extends Method>(
    worker: Worker,
    method: M,
    argument: Argument<M>,
    signal?: AbortSignal,
  ): Promise<Result<M>> {
    const id = this.#next++;
    const answer = new Promise<Result<M>>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, method, argument } satisfies Request);
    const abort = () => {
      worker.postMessage({ abort: id } satisfies Request);
      this.#waiting.get(id)?.reject(signal!.reason);
      this.#waiting.delete(id);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async #callHere<M extends Method>(
    method: M,
    argument: Argument<M>,
    signal?: AbortSignal,
  ): Promise<Result<M>> {
    this.#runHere();
    const engine = await this.#here!;
    const call = engine[method] as (argument: Argument<M>, signal?: AbortSignal) => Promise<Result<M>>;
    return call.call(engine, argument, signal);
  }

  #runHere(): void {
    if (this.#here) return;
    this.#here = import("./engine/engine.js").then(({ Engine }) => new Engine());
    this.#noted(
      "No worker could be started here, so the page itself computes, and may stand still meanwhile.",
    );
  }

  /** @returns undefined where the page has to compute itself */
  #start(): Worker | undefined {
    if (this.#worker || this.#here) return this.#worker;
    try {
      this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    } catch {
      return undefined;
    }
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data.value as never);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#worker = undefined;
      this.#runHere();
      this.#rejectAll(new WorkerLost());
    };
    return this.#worker;
  }

  #rejectAll(error: Error): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(error);
  }
}

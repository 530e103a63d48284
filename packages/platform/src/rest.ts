// Long work whose promises are all settled never leaves the microtask queue: no timer, signal or socket is heard. It has to
// give the event loop a turn now and then.

/** Gives the event loop turns during long work, though not more often than it is worth. */
export class Rests {
  readonly #every: number;
  #last = performance.now();

  /** @param every milliseconds of work between two turns */
  constructor(every = 20) {
    this.#every = every;
  }

  /**
   * To be awaited between pieces of work: gives the event loop one turn where the last one is long enough ago, and does
   * nothing otherwise.
   * @throws the signal's reason, where it is aborted
   */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (performance.now() - this.#last < this.#every) return;
    await turn();
    this.#last = performance.now();
    signal?.throwIfAborted();
  }
}

/** One turn of the event loop: what waits is run, in this turn or the next. */
export function turn(): Promise<void> {
  // Browsers have no setImmediate, and hold nested setTimeouts back 4 ms; a message
  // to oneself is a turn at once.
  const { setImmediate, MessageChannel } = globalThis as Turns;
  if (setImmediate) return new Promise((resolve) => void setImmediate(resolve));
  if (!MessageChannel) return new Promise((resolve) => void setTimeout(resolve, 0));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

interface Turns {
  setImmediate?: (callback: () => void) => unknown;
  MessageChannel?: typeof globalThis.MessageChannel;
}

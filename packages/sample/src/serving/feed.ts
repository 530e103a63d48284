/** Values on their way from one that makes them to one that reads them, in order. */
export class Feed<T> implements AsyncIterator<T, undefined> {
  readonly #held: T[] = [];
  readonly #onTaken: () => void;
  #end: { error?: unknown } | undefined;
  #reader: (() => void) | undefined;

  /** @param onTaken called when the reader has taken a value */
  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  /** How many values wait for the reader. */
  get size(): number {
    return this.#held.length;
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  push(value: T): void {
    if (this.#end) return;
    this.#held.push(value);
    this.#reader?.();
  }

  /** No more values come. With an error, that is thrown once those before it have been read. */
  end(error?: unknown): void {
    if (this.#end) return;
    this.#end = error === undefined ? {} : { error };
    this.#reader?.();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#held.length === 0 && !this.#end) {
      await new Promise<void>((resolve) => {
        this.#reader = resolve;
      });
      this.#reader = undefined;
    }
    const value = this.#held.shift();
    if (value !== undefined) {
      this.#onTaken();
      return { value, done: false };
    }
    const end = this.#end!;
    this.#end = {};
    if ("error" in end) throw end.error;
    return { value: undefined, done: true };
  }
}

/** Bytes by what they are for. */
export interface Bytes {
  weights: number;
  gradients: number;
  moments: number;
  activations: number;
  cache: number;
}

/** A piece of memory, shared by those who hold it. */
export interface Block {
  readonly kind: keyof Bytes;
  readonly bytes: number;
  holders: number;
}

/** Counts what is held, and keeps the most there was at a time. */
export class Ledger {
  readonly #held: Bytes = { weights: 0, gradients: 0, moments: 0, activations: 0, cache: 0 };
  #total = 0;
  #peak: Bytes & { total: number } = { ...this.#held, total: 0 };

  take(bytes: number, kind: keyof Bytes = "activations"): Block {
    this.#held[kind] += bytes;
    this.#total += bytes;
    if (this.#total > this.#peak.total) this.#peak = { ...this.#held, total: this.#total };
    return { kind, bytes, holders: 1 };
  }

  release(block: Block): void {
    if (--block.holders > 0) return;
    this.#held[block.kind] -= block.bytes;
    this.#total -= block.bytes;
  }

  /** What was held when most was. */
  get peak(): Readonly<Bytes & { total: number }> {
    return this.#peak;
  }
}

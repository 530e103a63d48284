/** What of a model's memory a block is. */
export type MemoryKind = "weights" | "gradients" | "moments" | "activations" | "cache";

export type Bytes = Record<MemoryKind, number>;

/** A piece of memory, shared by those who hold it. */
export interface Block {
  readonly kind: MemoryKind;
  readonly bytes: number;
  holders: number;
}

/** Counts what is held, and keeps the most there was at a time. */
export class Ledger {
  readonly #held: Bytes = { weights: 0, gradients: 0, moments: 0, activations: 0, cache: 0 };
  #total = 0;
  #peak = 0;
  #atPeak: Bytes = { ...this.#held };

  take(bytes: number, kind: MemoryKind = "activations"): Block {
    this.#held[kind] += bytes;
    this.#total += bytes;
    if (this.#total > this.#peak) {
      this.#peak = this.#total;
      this.#atPeak = { ...this.#held };
    }
    return { kind, bytes, holders: 1 };
  }

  release(block: Block): void {
    if (--block.holders > 0) return;
    this.#held[block.kind] -= block.bytes;
    this.#total -= block.bytes;
  }

  /** By kind, when most was held. */
  get atPeak(): Bytes {
    return this.#atPeak;
  }
}

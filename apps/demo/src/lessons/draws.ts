import { uniform } from "@llm/sample";

/** Random choices in order, the same for the same seed and row. */
export class Draws {
  readonly #seed: number;
  readonly #row: number;
  #position = 0;

  constructor(seed: number, row = 0) {
    this.#seed = seed;
    this.#row = row;
  }

  /** A number from 0 up to 1. */
  next(): number {
    return uniform({ seed: this.#seed, row: this.#row, position: this.#position++ });
  }

  /** A whole number from 0 up to `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError("there is nothing to pick from");
    return from[this.below(from.length)]!;
  }

  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[] {
    const order = [...things];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

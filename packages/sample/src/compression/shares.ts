import { exponential } from "../exponential.js";
import { bestId } from "../logits.js";
import { TOTAL } from "./range-coder.js";

/**
 * A model's distribution in whole parts of 2^24, at least one for each token, and one for the escape behind them: the
 * integers that both directions compute from the same logits.
 */
export class Shares {
  /** Ids below it are tokens; this symbol is the escape. */
  readonly escape: number;
  readonly #weights: Float64Array;
  /** Parts that are shared out by weight; the others are one for each symbol. */
  readonly #free: number;
  #scale = 0;
  #total = 0;

  constructor(vocabSize: number) {
    this.escape = vocabSize;
    this.#weights = new Float64Array(vocabSize);
    this.#free = TOTAL - (vocabSize + 1);
  }

  /** @throws InvalidLogitsError */
  load(logits: ArrayLike<number>): void {
    const weights = this.#weights;
    const max = logits[bestId(logits, weights.length)]!;
    let total = 0;
    for (let id = 0; id < weights.length; id++) {
      const weight = exponential(logits[id]! - max);
      weights[id] = weight;
      total += weight;
    }
    this.#total = total;
    this.#scale = this.#free / total;
  }

  /** Where a symbol's parts begin, and how many it has. */
  of(symbol: number): [from: number, width: number] {
    let sum = 0;
    for (let id = 0; id < symbol; id++) sum += this.#weights[id]!;
    const from = this.#from(symbol, sum);
    if (symbol === this.escape) return [from, TOTAL - from];
    return [from, this.#from(symbol + 1, sum + this.#weights[symbol]!) - from];
  }

  /** The symbol that has this part, and its share. */
  at(part: number): [symbol: number, from: number, width: number] {
    let sum = 0;
    let from = 0;
    for (let id = 0; id < this.escape; id++) {
      sum += this.#weights[id]!;
      const next = this.#from(id + 1, sum);
      if (part < next) return [id, from, next - from];
      from = next;
    }
    return [this.escape, from, TOTAL - from];
  }

  /** What the model itself would need for a token, in bits. */
  bits(id: number): number {
    return Math.log2(this.#total / this.#weights[id]!);
  }

  #from(symbol: number, sum: number): number {
    return symbol + Math.min(this.#free, Math.floor(sum * this.#scale));
  }
}

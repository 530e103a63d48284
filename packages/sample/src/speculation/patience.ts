/** Rounds that may be in vain before drafting stops. */
const PATIENCE = 3;
/** Tokens until it is tried again: at first, and at most. */
const PAUSE = { first: 32, most: 128 };
/** A first draft is short: in the engines here two more positions double the cost of a step at most. */
const SHORTEST = 2;

/**
 * Decides how far to draft. A draft that was right all through is followed by one of twice the length, any other by one a little
 * longer than what was right. Three rounds in vain, and there is a pause; whenever the first round after it is in vain too, the
 * next one is twice as long. It counts and takes no times, so that a text costs the same steps whenever it is written.
 */
export class Patience {
  readonly #most: number;
  #left = PATIENCE;
  #length: number;
  #pause = PAUSE.first;
  #until = 0;

  /** @param most tokens of a draft */
  constructor(most: number) {
    this.#most = most;
    this.#length = Math.min(SHORTEST, most);
  }

  /** How many tokens to draft when the text has this length. */
  lengthAt(position: number): number {
    return position < this.#until ? 0 : this.#length;
  }

  /** Takes in how a round went that ended when the text had this length. */
  record(drafted: number, accepted: number, position: number): void {
    const next = accepted === drafted ? 2 * drafted : accepted + 1;
    this.#length = Math.min(this.#most, Math.max(SHORTEST, next));
    // A step that checks 8 tokens takes up to three times as long as one for a single token: less than a third is a loss.
    if (3 * accepted >= drafted) {
      this.#left = Math.min(PATIENCE, this.#left + 1);
      if (this.#left > 1) this.#pause = PAUSE.first;
    } else if (--this.#left <= 0) {
      this.#left = 0;
      this.#until = position + this.#pause;
      this.#pause = Math.min(PAUSE.most, 2 * this.#pause);
    }
  }
}

/**
 * Finds stop strings in text that comes in pieces. Text that could still turn out to be the
 * beginning of a stop string is held back.
 */
export class StopMatcher {
  readonly #stops: readonly string[];
  #held = "";

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop.length > 0);
  }

  /** Takes the next piece; answers what can be shown, and whether a stop string was reached. */
  write(piece: string): { text: string; stopped: boolean } {
    const text = this.#held + piece;
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#held = "";
      return { text: text.slice(0, Math.min(...found)), stopped: true };
    }
    let from = text.length;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > text.length - from; length--) {
        if (text.endsWith(stop.slice(0, length))) {
          from = text.length - length;
          break;
        }
      }
    }
    this.#held = text.slice(from);
    return { text: text.slice(0, from), stopped: false };
  }

  /** What was held back, now that nothing more comes. */
  end(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }
}

import { InvalidOptionError } from "./errors.js";

/** What can be shown of a text now, and the stop string that ended it, if one has. */
export interface Shown {
  text: string;
  stop?: string;
}

/**
 * Finds stop strings in text that comes in pieces, the same ones however it is cut. The one that is complete first ends the
 * text; of those complete at the same character the one that begins first. Text that may yet turn out to be the beginning
 * of one is held back, and so is half a surrogate pair.
 */
export class StopMatcher {
  readonly #stops: readonly string[];
  #held = "";

  /** @throws InvalidOptionError for a stop that is no text */
  constructor(stops: readonly string[]) {
    for (const stop of stops) {
      if (typeof stop === "string" && !/\p{Surrogate}/u.test(stop)) continue;
      throw new InvalidOptionError("stop", `stop has ${JSON.stringify(stop)}, which is no well-formed text`);
    }
    this.#stops = stops.filter((stop) => stop.length > 0);
  }

  /** Takes the next piece. After a stop string there must be no more. */
  write(piece: string): Shown {
    const text = this.#held + piece;
    let found: { start: number; end: number; stop: string } | undefined;
    for (const stop of this.#stops) {
      const start = text.indexOf(stop);
      if (start < 0) continue;
      const end = start + stop.length;
      if (!found || end < found.end || (end === found.end && start < found.start))
        found = { start, end, stop };
    }
    const from = found ? found.start : text.length - this.#heldBack(text);
    this.#held = found ? "" : text.slice(from);
    return { text: wellFormed(text.slice(0, from)), ...(found && { stop: found.stop }) };
  }

  /** What was held back, now that nothing more comes. */
  end(): string {
    const text = wellFormed(this.#held);
    this.#held = "";
    return text;
  }

  /** How long an end of this text may be the beginning of a stop string, or of a character. */
  #heldBack(text: string): number {
    let longest = /[\ud800-\udbff]$/.test(text) ? 1 : 0;
    for (const stop of this.#stops) {
      let length = Math.min(stop.length - 1, text.length);
      while (length > longest && !text.endsWith(stop.slice(0, length))) length--;
      if (length > longest) longest = length;
    }
    return longest;
  }
}

/** Half surrogate pairs are no characters: U+FFFD stands for them. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}

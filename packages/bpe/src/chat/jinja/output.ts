import { Text } from "./text.js";

/** Stretches of a text, from `start` up to but without `end`. */
export interface Span {
  start: number;
  end: number;
}

/** Collects what is written. */
export class Output {
  readonly #parts: Text[] = [];
  /** How many characters were written. */
  length = 0;

  write(text: Text): void {
    if (text.text === "") return;
    this.#parts.push(text);
    this.length += text.length;
  }

  text(): Text {
    return Text.concat(this.#parts);
  }
}

/** Notes which stretches of a template's output the assistant wrote. */
export class Generations {
  readonly #output: Output;
  readonly #spans: Span[] = [];

  /** @param output what the template has written for good, not into a variable. */
  constructor(output: Output) {
    this.#output = output;
  }

  /**
   * As transformers counts: the stretch starts behind what was written so far, even where its text goes into a variable first
   * and is written later.
   */
  add(text: Text): void {
    if (text.length === 0) return;
    const start = this.#output.length;
    const end = start + text.length;
    const last = this.#spans.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else this.#spans.push({ start, end });
  }

  /** In characters, in order, none touching another. */
  get spans(): readonly Span[] {
    return this.#spans;
  }
}

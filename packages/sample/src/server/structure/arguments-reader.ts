import type { ArgumentTags } from "./call-form.js";
import { JsonEnd } from "./json-end.js";
import type { ValueForm } from "./value-form.js";

/** What a piece of a call's arguments says. */
export interface ArgumentsPiece {
  /** How much of the text was read: the rest has to come again, with more behind it. */
  taken: number;
  /** What it is as JSON. */
  json: string;
  isDone: boolean;
}

/** Reads the arguments of one call, which come in pieces, as JSON. */
export interface ArgumentsReader {
  read(text: string): ArgumentsPiece;
}

/** Arguments, or the value of one, that are JSON themselves. */
export class JsonReader implements ArgumentsReader {
  readonly #end = new JsonEnd();

  read(text: string): ArgumentsPiece {
    const end = this.#end.find(text);
    const taken = end ?? text.length;
    return { taken, json: text.slice(0, taken), isDone: end !== undefined };
  }
}

/** A value that is a text without quotation marks, up to what ends it. */
class TextReader implements ArgumentsReader {
  readonly #end: string;
  readonly #mayBeNull: boolean;
  #hasBegun = false;

  constructor(end: string, mayBeNull: boolean) {
    this.#end = end;
    this.#mayBeNull = mayBeNull;
  }

  read(text: string): ArgumentsPiece {
    const end = text.indexOf(this.#end);
    const isDone = end >= 0;
    const taken = isDone ? end : text.length - overlapOf(text, this.#end);
    const said = text.slice(0, taken);
    if (said === "" && !isDone) return { taken, json: "", isDone };
    if (this.#mayBeNull && !this.#hasBegun) {
      if (isDone && said === "null") return { taken, json: said, isDone };
      if (!isDone && "null".startsWith(said)) return { taken: 0, json: "", isDone };
    }
    const open = this.#hasBegun ? "" : '"';
    this.#hasBegun = true;
    return { taken, json: open + JSON.stringify(said).slice(1, -1) + (isDone ? '"' : ""), isDone };
  }
}

/** Arguments that stand one by one in tags. */
export class TaggedReader implements ArgumentsReader {
  readonly #tags: ArgumentTags;
  readonly #formOf: (name: string) => ValueForm;
  #value: ArgumentsReader | undefined;
  /** What of the end of the last value has not come yet. */
  #isEnding = false;
  #count = 0;

  constructor(tags: ArgumentTags, formOf: (name: string) => ValueForm) {
    this.#tags = tags;
    this.#formOf = formOf;
  }

  read(text: string): ArgumentsPiece {
    const whole: ArgumentsPiece = { taken: 0, json: "", isDone: false };
    for (;;) {
      const piece = this.#readOn(text.slice(whole.taken));
      if (!piece) return whole;
      whole.taken += piece.taken;
      whole.json += piece.json;
      whole.isDone = piece.isDone;
      if (piece.isDone) return whole;
    }
  }

  /** A value, or what stands between two. Undefined where more has to come first. */
  #readOn(text: string): ArgumentsPiece | undefined {
    const { before, behind, end } = this.#tags;
    if (this.#value) {
      const piece = this.#value.read(text);
      if (piece.isDone) {
        this.#value = undefined;
        this.#isEnding = true;
      }
      return piece.isDone || piece.taken > 0 ? { ...piece, isDone: false } : undefined;
    }
    if (this.#isEnding) {
      if (text.length < end.length) return undefined;
      this.#isEnding = false;
      return { taken: end.length, json: "", isDone: false };
    }
    if (!text.startsWith(before)) {
      if (before.startsWith(text)) return undefined;
      return { taken: 0, json: this.#count === 0 ? "{}" : "}", isDone: true };
    }
    const at = text.indexOf(behind, before.length);
    if (at < 0) return undefined;
    const name = text.slice(before.length, at);
    const form = this.#formOf(name);
    this.#value = form === "json" ? new JsonReader() : new TextReader(end, form !== "text");
    const open = this.#count++ === 0 ? "{" : ",";
    return { taken: at + behind.length, json: `${open}${JSON.stringify(name)}:`, isDone: false };
  }
}

/** How much of the end of a text may become a mark. */
function overlapOf(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}

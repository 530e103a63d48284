import { randomUUID } from "node:crypto";
import { BEFORE_ARGUMENTS, BEFORE_NAME, BEHIND_ARGUMENTS } from "./call-form.js";

/** A piece of an answer: text for people, the beginning of a call, or more of its arguments. */
export type AnswerPiece =
  | { kind: "text"; text: string }
  | { kind: "call"; index: number; id: string; name: string }
  | { kind: "arguments"; index: number; text: string };

/** Tells text from calls of tools in an answer that comes in pieces. */
export class AnswerReader {
  readonly #hasTools: boolean;
  #held = "";
  #state: "text" | "name" | "arguments" = "text";
  #calls = 0;

  /** @param hasTools whether there can be calls at all */
  constructor(hasTools: boolean) {
    this.#hasTools = hasTools;
  }

  /** How many calls have begun. */
  get calls(): number {
    return this.#calls;
  }

  /** @param isEnd whether nothing more comes */
  read(piece: string, isEnd: boolean): AnswerPiece[] {
    if (!this.#hasTools) return piece === "" ? [] : [{ kind: "text", text: piece }];
    this.#held += piece;
    const pieces: AnswerPiece[] = [];
    while (this.#readOn(pieces, isEnd)) {}
    return pieces;
  }

  /** Whether it came to the end of a part. */
  #readOn(pieces: AnswerPiece[], isEnd: boolean): boolean {
    if (this.#state === "text") {
      const { text, isFound } = this.#until(BEFORE_NAME, isEnd);
      // Line ends between calls are theirs.
      if (text !== "" && !(this.#calls > 0 && text.trim() === "")) pieces.push({ kind: "text", text });
      if (isFound) this.#state = "name";
      return isFound;
    }
    if (this.#state === "name") {
      const at = this.#held.indexOf(BEFORE_ARGUMENTS);
      if (at < 0) return false;
      const name = this.#held.slice(0, at);
      this.#held = this.#held.slice(at + BEFORE_ARGUMENTS.length);
      pieces.push({ kind: "call", index: this.#calls++, id: `call_${randomUUID()}`, name });
      this.#state = "arguments";
      return true;
    }
    const { text, isFound } = this.#until(BEHIND_ARGUMENTS, isEnd);
    if (text !== "") pieces.push({ kind: "arguments", index: this.#calls - 1, text });
    if (isFound) this.#state = "text";
    return isFound;
  }

  /** What stands before a mark, as far as it is known. */
  #until(mark: string, isEnd: boolean): { text: string; isFound: boolean } {
    const at = this.#held.indexOf(mark);
    let length = isEnd ? 0 : Math.min(mark.length - 1, this.#held.length);
    while (length > 0 && !this.#held.endsWith(mark.slice(0, length))) length--;
    const end = at < 0 ? this.#held.length - length : at;
    const text = this.#held.slice(0, end);
    this.#held = this.#held.slice(at < 0 ? end : at + mark.length);
    return { text, isFound: at >= 0 };
  }
}

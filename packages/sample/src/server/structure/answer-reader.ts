import type { ArgumentsReader } from "./arguments-reader.js";
import type { Lead } from "./call-form.js";

/** A piece of an answer: text for people, the beginning of a call, or more of its arguments. */
export type AnswerPiece =
  | { kind: "text"; text: string }
  | { kind: "call"; index: number; id: string; name: string }
  | { kind: "arguments"; index: number; text: string };

/** How an answer holds calls. */
export interface ReadableCalls {
  /** Before the arguments of the first call, and of later ones, of each tool. */
  first: readonly Lead[];
  later: readonly Lead[];
  /** Whether calls stand at the beginning of an answer only. */
  isAtStart: boolean;
  newId(): string;
  /** Reads the arguments of a call of this tool. */
  argumentsOf(name: string): ArgumentsReader;
}

/** Tells text from calls of tools in an answer that comes in pieces. */
export class AnswerReader {
  readonly #calls: ReadableCalls | undefined;
  #held = "";
  #arguments: ArgumentsReader | undefined;
  #hasText = false;
  #count = 0;

  /** @param calls left out: there are none */
  constructor(calls: ReadableCalls | undefined) {
    this.#calls = calls;
  }

  /** How many calls have begun. */
  get calls(): number {
    return this.#count;
  }

  /** @param isEnd whether nothing more comes */
  read(piece: string, isEnd: boolean): AnswerPiece[] {
    if (!this.#calls) return piece === "" ? [] : [{ kind: "text", text: piece }];
    this.#held += piece;
    const pieces: AnswerPiece[] = [];
    while (this.#readOn(pieces, this.#calls, isEnd)) {}
    return pieces;
  }

  /** Whether it came to the end of a part. */
  #readOn(pieces: AnswerPiece[], calls: ReadableCalls, isEnd: boolean): boolean {
    if (this.#arguments) {
      const { taken, json, isDone } = this.#arguments.read(this.#held);
      this.#held = this.#held.slice(taken);
      if (json !== "") pieces.push({ kind: "arguments", index: this.#count - 1, text: json });
      if (isDone) this.#arguments = undefined;
      return isDone;
    }
    const isFirst = this.#count === 0;
    const { before, lead } = this.#next(
      isFirst ? calls.first : calls.later,
      isFirst && calls.isAtStart,
      isEnd,
    );
    this.#held = this.#held.slice(before.length + (lead?.text.length ?? 0));
    // What stands between calls and behind them belongs to their form.
    if (isFirst && before !== "") {
      this.#hasText = true;
      pieces.push({ kind: "text", text: before });
    }
    if (!lead) return false;
    pieces.push({ kind: "call", index: this.#count++, id: calls.newId(), name: lead.name });
    this.#arguments = calls.argumentsOf(lead.name);
    return true;
  }

  /** The next call, and what stands before it: as far as it is known. */
  #next(leads: readonly Lead[], isAtStart: boolean, isEnd: boolean): { before: string; lead?: Lead } {
    const held = this.#held;
    if (isAtStart && this.#hasText) return { before: held };
    let at = held.length;
    let found: Lead | undefined;
    for (const lead of leads) {
      const place = isAtStart ? (held.startsWith(lead.text) ? 0 : -1) : held.indexOf(lead.text);
      const isLonger = place === at && lead.text.length > (found?.text.length ?? 0);
      if (place >= 0 && (place < at || isLonger)) [at, found] = [place, lead];
    }
    if (isEnd || found) {
      // One name may be the beginning of another.
      const rest = held.slice(at);
      const isOpen = !isEnd && leads.some(({ text }) => text !== rest && text.startsWith(rest));
      return { before: held.slice(0, at), ...(found && !isOpen && { lead: found }) };
    }
    // The longest end of the text that may become a call is held back.
    for (let from = 0; from < held.length; from++) {
      const rest = held.slice(from);
      if (leads.some(({ text }) => text.startsWith(rest))) return { before: held.slice(0, from) };
      if (isAtStart) break;
    }
    return { before: held };
  }
}

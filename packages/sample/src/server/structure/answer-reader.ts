import { JsonEnd } from "./json-end.js";

/** A piece of an answer: text for people, the beginning of a call, or more of its arguments. */
export type AnswerPiece =
  | { kind: "text"; text: string }
  | { kind: "call"; index: number; id: string; name: string }
  | { kind: "arguments"; index: number; text: string };

/** What stands before the arguments of a call. */
interface Lead {
  name: string;
  text: string;
}

/** How an answer holds calls. */
export interface ReadableCalls {
  /** Before the arguments of the first call, and of later ones, of each tool. */
  first: readonly Lead[];
  later: readonly Lead[];
  /** Whether calls stand at the beginning of an answer only. */
  isAtStart: boolean;
  newId(): string;
}

/** Tells text from calls of tools in an answer that comes in pieces. */
export class AnswerReader {
  readonly #calls: ReadableCalls | undefined;
  #held = "";
  #arguments: JsonEnd | undefined;
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
      const end = this.#arguments.find(this.#held);
      const text = this.#held.slice(0, end);
      this.#held = this.#held.slice(text.length);
      if (text !== "") pieces.push({ kind: "arguments", index: this.#count - 1, text });
      if (end !== undefined) this.#arguments = undefined;
      return end !== undefined;
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
    this.#arguments = new JsonEnd();
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
      if (place >= 0 && place < at) [at, found] = [place, lead];
    }
    if (found) return { before: held.slice(0, at), lead: found };
    if (isEnd) return { before: held };
    // The longest end of the text that may become a call is held back.
    for (let from = 0; from < held.length; from++) {
      const rest = held.slice(from);
      if (leads.some(({ text }) => text.startsWith(rest))) return { before: held.slice(0, from) };
      if (isAtStart) break;
    }
    return { before: held };
  }
}

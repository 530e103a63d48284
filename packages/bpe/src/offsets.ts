import type { Vocabulary } from "./vocabulary.js";

/** Ids with the places in the text that they stand for. Token i covers `[starts[i], starts[i + 1])`. */
export interface Offsets {
  ids: Uint32Array;
  /** Borders in UTF-8 bytes: one more than there are ids. */
  bytes: Uint32Array;
  /** Borders in UTF-16 units; one that falls within a character is at the start of that character. */
  utf16: Uint32Array;
  /** The text that the borders are in: the one that was encoded, or, with a normaliser, what it was normalised to. */
  text: string;
}

/** Collects the borders of tokens, segment by segment. */
export class Borders {
  readonly #vocabulary: Vocabulary;
  readonly #bytes: number[] = [0];
  readonly #utf16: number[] = [0];

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** One token that covers all of `text`, whatever its own bytes. */
  token(text: string): void {
    this.#bytes.push(this.#bytes.at(-1)! + utf8Length(text));
    this.#utf16.push(this.#utf16.at(-1)! + text.length);
  }

  /** Tokens whose bytes together are those of a plain text. */
  plain(ids: Uint32Array): void {
    const { arena, offsets } = this.#vocabulary;
    let bytes = this.#bytes.at(-1)!;
    let units = this.#utf16.at(-1)!;
    // Units of the character that is under way.
    let pending = 0;
    for (let i = 0; i < ids.length; i++) {
      const to = offsets[ids[i]! + 1]!;
      for (let at = offsets[ids[i]!]!; at < to; at++, bytes++) {
        const byte = arena[at]!;
        if ((byte & 0xc0) === 0x80) continue;
        units += pending;
        pending = byte < 0xf0 ? 1 : 2;
      }
      // The border lies within a character unless the next token starts with a character's first byte.
      const next = i + 1 < ids.length ? arena[offsets[ids[i + 1]!]!]! : 0;
      this.#bytes.push(bytes);
      this.#utf16.push((next & 0xc0) === 0x80 ? units : units + pending);
    }
  }

  bytes(): Uint32Array {
    return Uint32Array.from(this.#bytes);
  }

  utf16(): Uint32Array {
    return Uint32Array.from(this.#utf16);
  }
}

/** How many bytes `text` is in UTF-8; a lone surrogate is U+FFFD, three bytes. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // A pair is four bytes: its first unit was counted as three, its second as one.
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return length;
}

import { UnknownTokenError, VocabularyError } from "./errors.js";

/** Token ids and their bytes: all bytes in one arena by id, and a hash table the other way. */
export class Vocabulary {
  /** One more than the highest id. */
  readonly size: number;
  /** How many tokens there are: fewer than `size` where ids are unused. */
  readonly count: number;
  /** Bytes of the longest token. */
  readonly longest: number;
  readonly arena: Uint8Array;
  /** Token `id` is `arena[offsets[id] .. offsets[id + 1])`; an unused id is empty. */
  readonly offsets: Uint32Array;
  /** 1 where a token is not made of text: `find` never answers with it. */
  readonly special: Uint8Array;
  readonly #slots: Uint32Array;

  /**
   * @param tokens the bytes of every token, by id; absent ids are unused.
   * @param indexed which tokens `find` answers with: special tokens are not made of text.
   * @throws VocabularyError where two indexed tokens have the same bytes, or a token is empty.
   */
  constructor(tokens: readonly (Uint8Array | undefined)[], indexed: (id: number) => boolean) {
    this.size = tokens.length;
    this.offsets = new Uint32Array(tokens.length + 1);
    let length = 0;
    let count = 0;
    let longest = 0;
    for (let id = 0; id < tokens.length; id++) {
      const token = tokens[id];
      if (token) {
        if (token.length === 0) throw new VocabularyError(`Token ${id} is empty: every token needs bytes.`);
        length += token.length;
        longest = Math.max(longest, token.length);
        count++;
      }
      this.offsets[id + 1] = length;
    }
    this.count = count;
    this.longest = longest;
    this.arena = new Uint8Array(length);
    this.special = new Uint8Array(tokens.length);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2 + 2)));
    for (let id = 0; id < tokens.length; id++) {
      const token = tokens[id];
      if (!token) continue;
      this.arena.set(token, this.offsets[id]!);
      if (indexed(id)) this.#insert(token, id);
      else this.special[id] = 1;
    }
  }

  /** The id of the token with exactly these bytes, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const slots = this.#slots;
    for (let slot = hash(bytes, start, end) & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const id = slots[slot]! - 1;
      if (id < 0 || this.#equals(id, bytes, start, end)) return id;
    }
  }

  /** Whether the id stands for a token. */
  has(id: number): boolean {
    return this.offsets[id + 1]! > this.offsets[id]!;
  }

  /** The token's bytes, a view into the arena. @throws UnknownTokenError */
  bytes(id: number): Uint8Array {
    if (!this.has(id)) throw new UnknownTokenError(id, this.size);
    return this.arena.subarray(this.offsets[id], this.offsets[id + 1]);
  }

  #insert(token: Uint8Array, id: number): void {
    const slots = this.#slots;
    let slot = hash(token, 0, token.length) & (slots.length - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      if (this.#equals(slots[slot]! - 1, token, 0, token.length)) {
        const text = JSON.stringify(new TextDecoder().decode(token));
        throw new VocabularyError(
          `Tokens ${slots[slot]! - 1} and ${id} are both ${text}: bytes must be given once.`,
        );
      }
    }
    slots[slot] = id + 1;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.offsets[id]!;
    if (this.offsets[id + 1]! - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) {
      if (bytes[i] !== this.arena[j]) return false;
    }
    return true;
  }
}

/** FNV-1a with a final mix. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5;
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h ^ (h >>> 15);
}

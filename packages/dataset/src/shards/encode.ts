/** What the writers of tokens need of a tokenizer; those of `@llm/bpe` have it. */
export interface ShardTokenizer {
  readonly vocabSize: number;
  /** Ids of a text taken literally: text that looks like a special token is text. */
  encodeOrdinary(text: string): ArrayLike<number>;
  readonly specialTokens?: ReadonlyMap<string, number>;
  /** Content of its `tokenizer.json`. */
  toHF?(): object;
}

/** Tokens that cannot be written: an id outside the vocabulary, or a separator that the tokenizer does not know. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

/** A token of every document, besides those of its text: an id, a special token's name, or null for none. */
export type Separator = number | string | null;

/** Documents as the little-endian ids that token files hold. */
export class TokenEncoder {
  readonly dtype: "uint16" | "uint32";
  /** Bytes of one token. */
  readonly width: 2 | 4;
  readonly separator: number | null;
  private readonly tokenizer: ShardTokenizer;
  private readonly place: "first" | "last";

  /** @throws TokenError for a separator that the tokenizer does not know */
  constructor(
    tokenizer: ShardTokenizer,
    separator: Separator = "<|endoftext|>",
    place: "first" | "last" = "last",
  ) {
    this.tokenizer = tokenizer;
    this.dtype = tokenizer.vocabSize <= 65_536 ? "uint16" : "uint32";
    this.width = this.dtype === "uint16" ? 2 : 4;
    this.separator = separatorId(tokenizer, separator);
    this.place = place;
  }

  /** @throws TokenError for an id outside the vocabulary */
  encode(text: string): Uint8Array {
    const ids = this.tokenizer.encodeOrdinary(text);
    const { separator, width } = this;
    const extra = separator === null ? 0 : 1;
    const first = this.place === "first" ? extra : 0;
    const view = new DataView(new ArrayBuffer((ids.length + extra) * width));
    if (separator !== null) put(view, first ? 0 : ids.length, width, separator);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (!Number.isInteger(id) || id < 0 || id >= this.tokenizer.vocabSize) {
        throw new TokenError(
          `token id ${id} is outside the vocabulary of ${this.tokenizer.vocabSize}: is this the tokenizer's encoder?`,
        );
      }
      put(view, first + i, width, id);
    }
    return new Uint8Array(view.buffer);
  }
}

/** Offsets as the little-endian u64 of index files. */
export function uint64(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) view.setBigUint64(8 * i, BigInt(value), true);
  return new Uint8Array(view.buffer);
}

function put(view: DataView, index: number, width: 2 | 4, id: number): void {
  if (width === 2) view.setUint16(2 * index, id, true);
  else view.setUint32(4 * index, id, true);
}

function separatorId(tokenizer: ShardTokenizer, separator: Separator): number | null {
  if (separator === null) return null;
  const id = typeof separator === "number" ? separator : tokenizer.specialTokens?.get(separator);
  if (id === undefined) {
    const known = [...(tokenizer.specialTokens?.keys() ?? [])].join(", ") || "none";
    throw new TokenError(
      `separator ${separator} is no special token of the tokenizer (it has: ${known}); pass an id, or null for none`,
    );
  }
  if (!Number.isInteger(id) || id < 0 || id >= tokenizer.vocabSize) {
    throw new TokenError(`separator ${id} is outside the vocabulary of ${tokenizer.vocabSize}`);
  }
  return id;
}

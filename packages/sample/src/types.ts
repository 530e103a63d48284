/** A model that can be sampled from: anything that answers logits (`Gpt` of `@llm/gpt` is one; `modelOf` makes one of a function). */
export interface LogitsModel {
  readonly vocabSize: number;
  /** How many positions a row can hold. */
  readonly blockSize: number;
  /** Where the model has an end token, its id: it ends a text, and stands before one. */
  readonly config?: { readonly endOfText?: number | undefined };
  /**
   * Opens a session with `rows` empty rows (1 by default), numbered from 0. `positions` says how far the longest will reach,
   * for models that can make use of it.
   */
  session(rows?: number, options?: { positions?: number }): Session;
  /** The most bytes of memory that a session with so many rows and positions holds them in. */
  cacheBytes?(rows: number, positions: number): number;
}

/** The next ids of one row, at least one. */
export interface SessionEntry {
  readonly row: number;
  readonly ids: ArrayLike<number>;
}

/** Rows of text in progress, of any length each: the model's memory (a KV cache) of the tokens so far. */
export interface Session {
  /** The numbers of the rows that are open. */
  readonly rows: readonly number[];
  /** Positions that a row holds. */
  length(row: number): number;
  /**
   * Takes in the next ids of some rows and answers logits for each entry, in order: those that follow its last id,
   * (vocabSize), or with `logits: "all"` those that follow each of its n ids, (n, vocabSize). A step that fails or is aborted
   * leaves the session as it was.
   */
  step(
    entries: readonly SessionEntry[],
    options?: { logits?: "last" | "all"; signal?: AbortSignal },
  ): Promise<Float32Array[]>;
  /** How many ids of a row a step can take in so that each gets the logits that it gets one by one. Left out: any number. */
  stepLimit?(row: number): number;
  /** Opens an empty row: its number. */
  add(): number;
  /** Opens a row with the same text: its number. */
  fork(row: number): number;
  /** Opens several rows with the same text, where that costs less than one by one: their numbers. */
  forks?(row: number, count: number): number[];
  /** Forgets every position of a row from `length` on. */
  truncate(row: number, length: number): void;
  /** Closes a row. */
  free(row: number): void;
  /** Closes the session. */
  dispose(): void;
}

/** Text to ids and back (`Tokenizer` of `@llm/bpe` is one). */
export interface Tokenizer {
  /** One more than the highest id. A model may have more logits: those are never drawn. */
  readonly vocabSize: number;
  /** Special tokens in a text are made where they are allowed, and special tokens put around it, where it has any and knows how. */
  encode(text: string, options?: { allowedSpecial?: "all"; addSpecialTokens?: boolean }): Uint32Array;
  /** Encodes text in which special tokens are plain text. Preferred for prompts where present. */
  encodeOrdinary?(text: string): Uint32Array;
  decode(ids: ArrayLike<number>): string;
  /** A streaming decoder that answers whole characters only. */
  decoder(): TokenDecoder;
  /** The bytes of one token. Constraints need them where tokens may be parts of characters. */
  tokenBytes?(id: number): Uint8Array;
  /** Whether an id stands for a token; all below `vocabSize` do where this is absent. */
  has?(id: number): boolean;
  /** Tokens that are no text: a constrained text has none of them. */
  readonly specialTokens?: ReadonlyMap<string, number>;
}

/** Turns ids into text as they come, holding back characters that are not whole yet. */
export interface TokenDecoder {
  write(id: number): string;
  end(): string;
}

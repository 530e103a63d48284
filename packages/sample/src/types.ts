/** A model that can be sampled from: anything that answers logits (`Gpt` of `@llm/gpt` is one). */
export interface LogitsModel {
  readonly vocabSize: number;
  /** How many positions a session can hold. */
  readonly blockSize: number;
  /** Opens a session of `rows` sequences that grow in step (1 by default). */
  session(rows?: number): Session;
}

/** Sequences in progress: the model's memory (a KV cache) of the tokens appended so far. */
export interface Session {
  readonly rows: number;
  /** Positions held so far. */
  readonly length: number;
  /**
   * Appends `n` tokens to every row (`ids` is rows x n, row-major) and answers the logits that
   * follow the last of them: (rows, vocabSize).
   */
  append(ids: Uint32Array | Int32Array | readonly number[]): Promise<Float32Array>;
  /** Like `append`, but answers the logits after every appended token: (rows, n, vocabSize). */
  all?(ids: Uint32Array | Int32Array | readonly number[]): Promise<Float32Array>;
  /** Forgets every position from `length` on. */
  truncate(length: number): void;
  dispose(): void;
}

/** Text to ids and back (`Tokenizer` of `@llm/bpe` is one). */
export interface Tokenizer {
  readonly vocabSize: number;
  encode(text: string): Uint32Array;
  /** Encodes text in which special tokens are plain text. Preferred for prompts where present. */
  encodeOrdinary?(text: string): Uint32Array;
  decode(ids: ArrayLike<number>): string;
  /** A streaming decoder that answers whole characters only. */
  decoder(): TokenDecoder;
}

/** Turns ids into text as they come, holding back characters that are not whole yet. */
export interface TokenDecoder {
  write(id: number): string;
  end(): string;
}

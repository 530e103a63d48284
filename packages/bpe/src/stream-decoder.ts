import type { Vocabulary } from "./vocabulary.js";

/** Ids to text as they come. Text is given out once its characters are whole. */
export interface StreamDecoder {
  /** The text that this id completes: "" while a character is still missing bytes. @throws UnknownTokenError */
  write(id: number): string;
  /** What is left: U+FFFD where a character was cut short. The decoder can then be used again. */
  end(): string;
}

/** Decodes ids whose bytes, one after the other, are UTF-8. */
export class ByteDecoder implements StreamDecoder {
  readonly #vocabulary: Vocabulary;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  write(id: number): string {
    return this.#decoder.decode(this.#vocabulary.bytes(id), { stream: true });
  }

  end(): string {
    return this.#decoder.decode();
  }
}

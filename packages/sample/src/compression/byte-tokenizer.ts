import type { Tokenizer } from "../types.js";

/** A tokenizer that knows the bytes of its tokens (`Tokenizer` of `@llm/bpe` is one). */
export interface ByteTokenizer extends Tokenizer {
  decodeBytes(ids: ArrayLike<number>): Uint8Array;
}

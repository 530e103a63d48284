import type { Merges } from "./merges.js";
import type { Normalizer } from "./normalizer.js";
import type { Pattern } from "./patterns.js";
import type { SpecialTokens } from "./special.js";
import type { Vocabulary } from "./vocabulary.js";

/** What a tokenizer is made of, whatever format it came in. */
export interface TokenizerParts {
  vocabulary: Vocabulary;
  merges: Merges;
  /** The id of each of the 256 bytes; -1 where a file has none. */
  byteIds: Int32Array;
  pattern: Pattern;
  /** Whether a piece that is a token is looked up before any merging: tiktoken's rule, and `ignore_merges` of files. */
  wholePiece: boolean;
  special: SpecialTokens;
  normalizer: Normalizer | null;
}

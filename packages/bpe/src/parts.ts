import type { Characters } from "./character-tables.js";
import type { Json } from "./json.js";
import type { Merges } from "./merges.js";
import type { Normalizer } from "./normalizer.js";
import type { Pattern } from "./patterns.js";
import type { SpecialTokens } from "./special.js";
import type { StreamDecoder } from "./stream-decoder.js";
import type { Vocabulary } from "./vocabulary.js";

/** Says an expression in the words of a tokenizer.json. @throws TokenizerFormatError naming what those cannot express */
export type ExpressionWriter = (expression: RegExp) => string;

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
  /** What else is done to a stretch of normalised text before the pattern cuts it; `first`: the text begins with it. */
  prepare?: ((text: string, first: boolean) => string[]) | undefined;
  /** Where tokens are made of characters: what the kernel is given, how files write each token, and how text is decoded. */
  characters?: Characters;
  names?: readonly (string | undefined)[];
  decoder?: () => StreamDecoder;
  /** What a tokenizer.json says beside its tokens and merges, to be saved again. */
  file?: Json;
  /** Says an expression of the user's in the words of a tokenizer.json, where that was loaded. */
  writeExpression?: ExpressionWriter;
}

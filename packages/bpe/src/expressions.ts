// What reads and writes a tokenizer.json whose text is treated in ways of its own: by expressions in Oniguruma's syntax, in
// several steps, with edits before.
import type { Json } from "./json.js";
import type { ExpressionWriter, TokenizerParts } from "./parts.js";
import { writeOniguruma } from "./pattern-expression.js";
import { inOrder, readPreTokenizer } from "./pre-tokenizer.js";
import { readNormalizer } from "./read-normalizer.js";

/** For files that treat text in ways of their own: `expressions` of `@llm/bpe/expressions`. */
export interface Expressions {
  /** How a byte-level file treats text. @throws TokenizerFormatError */
  read(file: Json): Pick<TokenizerParts, "normalizer" | "pattern" | "prepare">;
  write: ExpressionWriter;
}

/** For `Tokenizer.fromHF` and `toHF`. */
export const expressions: Expressions = {
  read(file) {
    const { steps, pattern } = readPreTokenizer(file);
    return { normalizer: readNormalizer(file), pattern, prepare: inOrder(steps) };
  },
  write: writeOniguruma,
};

import { TokenizerFormatError } from "./errors.js";
import { asObject, type Json } from "./json.js";
import { PATTERN_SOURCES, type Pattern, patternNamed, readOniguruma, writeOniguruma } from "./patterns.js";

/** A pattern as the pre-tokenizer of a tokenizer.json. */
export function writePattern(pattern: Pattern): object {
  // ByteLevel's own expression is GPT-2's.
  const own = typeof pattern === "string" && PATTERN_SOURCES[pattern] === PATTERN_SOURCES.gpt2;
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: own };
  if (own) return byteLevel;
  const Regex = typeof pattern === "string" ? PATTERN_SOURCES[pattern] : writeOniguruma(pattern);
  return {
    type: "Sequence",
    pretokenizers: [{ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false }, byteLevel],
  };
}

/** The pattern of a pre-tokenizer "Split". @throws TokenizerFormatError */
export function readPattern(first: Json): Pattern {
  const { Regex, String: literal } = asObject(first["pattern"], 'The pattern of "Split"');
  if (typeof Regex === "string") return patternNamed(Regex) ?? readOniguruma(Regex);
  if (typeof literal === "string") return readOniguruma(literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  throw new TokenizerFormatError('The pattern of "Split" has neither "Regex" nor "String".');
}

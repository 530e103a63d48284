import { TokenizerFormatError } from "./errors.js";
import { asObject } from "./json.js";
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

/** The pattern that the pre-tokenizer of a tokenizer.json cuts by. @throws TokenizerFormatError */
export function readPattern(value: unknown): Pattern {
  const outer = asObject(value, '"pre_tokenizer"');
  const steps = outer["type"] === "Sequence" ? outer["pretokenizers"] : [outer];
  if (!Array.isArray(steps)) throw new TokenizerFormatError('"pre_tokenizer.pretokenizers" is not a list.');
  const [first, second] = steps.map((step) => asObject(step, "A pre-tokenizer"));
  const last = second ?? first;
  if (last?.["type"] !== "ByteLevel" || steps.length > 2 || (second && first?.["type"] !== "Split")) {
    const types = steps.map((step) => String(Object(step)["type"])).join(", ");
    throw new TokenizerFormatError(
      `The pre-tokenizer is ${types}: only ByteLevel, and Split + ByteLevel, can be read.`,
    );
  }
  if (last["add_prefix_space"] === true) {
    throw new TokenizerFormatError(
      "add_prefix_space: true is not supported: set it to false and prepend the blank.",
    );
  }
  // use_regex is true where a file does not say.
  const own = last["use_regex"] !== false;
  if (!second && own) return "gpt2";
  if (!second) return /.+/gsu;
  if (own || first!["behavior"] !== "Isolated" || first!["invert"] === true) {
    throw new TokenizerFormatError(
      "Only Split with Isolated, not inverted, and ByteLevel without its own regex can be read.",
    );
  }
  const { Regex, String: literal } = asObject(first!["pattern"], 'The pattern of "Split"');
  if (typeof Regex === "string") return patternNamed(Regex) ?? readOniguruma(Regex);
  if (typeof literal === "string") return readOniguruma(literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  throw new TokenizerFormatError('The pattern of "Split" has neither "Regex" nor "String".');
}

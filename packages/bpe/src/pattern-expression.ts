// Expressions of tokenizer files, in Oniguruma's syntax, and JavaScript's.
import { inCodePoints } from "./code-points.js";
import { TokenizerFormatError } from "./errors.js";
import { translateOniguruma } from "./oniguruma.js";
import { checkPattern, keepSource, PATTERN_SOURCES, type PatternName, sourceOf } from "./patterns.js";
import { translateRegExp } from "./to-oniguruma.js";

/**
 * A known pattern as a JavaScript RegExp, or a tokenizer file's expression (in Oniguruma's syntax) translated into one that
 * cuts alike.
 *
 * @throws TokenizerFormatError naming what JavaScript cannot express; OptionsError where a single word is no pattern's name.
 */
export function patternRegExp(source: PatternName | (string & {})): RegExp {
  if (/^[a-z][\w-]*$/i.test(source)) checkPattern("patternRegExp", source);
  return readOniguruma(
    Object.hasOwn(PATTERN_SOURCES, source) ? PATTERN_SOURCES[source as PatternName] : source,
  );
}

/** A tokenizer file's expression as a RegExp. @throws TokenizerFormatError naming what JavaScript cannot express */
export function readOniguruma(source: string): RegExp {
  return keepSource(translateOniguruma(source), source);
}

/** An expression as a tokenizer file writes it. @throws TokenizerFormatError naming what Oniguruma cannot express */
export function writeOniguruma(expression: RegExp): string {
  const known = sourceOf(expression);
  if (known !== undefined) return known;
  const source = translateRegExp(inCodePoints(expression));
  try {
    translateOniguruma(source);
  } catch (cause) {
    throw new TokenizerFormatError(`A tokenizer.json cannot hold ${expression}. ${(cause as Error).message}`);
  }
  return source;
}

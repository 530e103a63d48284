import { atLeast, atMost, filter, type Step } from "../step.js";
import { TERMINAL_PUNCTUATION } from "../text/punctuation.js";
import { length, occurrences, trim } from "../text/python.js";
import { words } from "../text/words.js";
import { duplicates } from "./duplicates.js";

/** Options of `finewebQuality`. `Infinity` turns off a maximum, 0 a minimum. */
export interface FinewebQualityOptions {
  /** Lines that end in terminal punctuation / lines. Default .12. */
  minTerminalLines?: number;
  /** What a line may end in. Default the terminal marks of many scripts, without quotation marks. */
  terminals?: Iterable<string>;
  /** Lines of at most `shortLine` characters / lines. Default .67. */
  maxShortLines?: number;
  /** Default 30. */
  shortLine?: number;
  /** Characters in lines that have come before / characters. Default .01. */
  maxDuplicateCharacters?: number;
  /** Line ends / words. Default .3. */
  maxNewlines?: number;
}

/** Drops lists, menus and boilerplate (Penedo et al. 2024, section 3.6), deciding as datatrove 0.10 does. Empty lines do not count. */
export function finewebQuality(options: FinewebQualityOptions = {}): Step {
  const {
    minTerminalLines = 0.12,
    terminals = TERMINAL_PUNCTUATION,
    maxShortLines = 0.67,
    shortLine = 30,
    maxDuplicateCharacters = 0.01,
    maxNewlines = 0.3,
  } = options;
  const ends = new Set(terminals);
  return filter("finewebQuality", function* ({ text }) {
    const lines = text.split("\n").filter((line) => trim(line) !== "");
    yield atLeast("empty", "lines", lines.length, 1);

    const terminal = lines.filter((line) => ends.has(lastCharacter(line))).length;
    yield atLeast("line_punct_ratio", "terminalLines", terminal / lines.length, minTerminalLines);

    const short = lines.filter((line) => length(line) <= shortLine).length;
    yield atMost("short_line_ratio", "shortLines", short / lines.length, maxShortLines);

    const newlines = occurrences(text, "\n");
    const repeated = duplicates(lines).characters / (length(text) - newlines);
    yield atMost("char_dup_ratio", "duplicateCharacters", repeated, maxDuplicateCharacters);

    yield atMost("list_ratio", "newlines", newlines / words(text).length, maxNewlines);
  });
}

function lastCharacter(line: string): string {
  const pair = line.slice(-2);
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : line.slice(-1);
}

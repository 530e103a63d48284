import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { atLeast, atMost, filter, type Step, type Verdict } from "../step.js";
import { TERMINAL_PUNCTUATION } from "../text/punctuation.js";
import { length, occurrences, trim } from "../text/python.js";
import { type CutWords, words } from "../text/words.js";
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
  /** Whether empty lines count as lines, which are short and end in nothing. Default false. */
  emptyLines?: boolean;
  /** Whether what measures exactly a threshold is dropped, but for `maxNewlines`. Default false. */
  exclusive?: boolean;
  /** How words are cut. Default `words`, which is for English; see `segmentWords`. */
  cutWords?: CutWords;
}

const FINEWEB_QUALITY: Kinds<FinewebQualityOptions> = {
  minTerminalLines: "number",
  terminals: "string|iterable",
  maxShortLines: "number",
  shortLine: "number",
  maxDuplicateCharacters: "number",
  maxNewlines: "number",
  emptyLines: "boolean",
  exclusive: "boolean",
  cutWords: "function",
};

/** Drops lists, menus and boilerplate (Penedo et al. 2024, section 3.6), deciding as datatrove 0.10 does. */
export function finewebQuality(options: FinewebQualityOptions = {}): Step {
  check("finewebQuality", options, FINEWEB_QUALITY);
  const {
    minTerminalLines = 0.12,
    terminals = TERMINAL_PUNCTUATION,
    maxShortLines = 0.67,
    shortLine = 30,
    maxDuplicateCharacters = 0.01,
    maxNewlines = 0.3,
    emptyLines = false,
    exclusive = false,
    cutWords = words,
  } = options;
  const ends = new Set(terminals);
  const judge = (check: typeof atLeast, reason: string, metric: string, value: number, threshold: number) => {
    const verdict = check(reason, metric, value, threshold);
    if (!exclusive || !verdict.keep || value !== threshold) return verdict;
    return { ...verdict, keep: false, reason, metric, value, threshold } satisfies Verdict;
  };
  return filter("finewebQuality", function* ({ text }) {
    const all = text.split("\n");
    const filled = all.filter((line) => trim(line) !== "");
    const lines = emptyLines ? all : filled;
    yield atLeast("empty", "lines", lines.length, 1);

    const terminal = lines.filter((line) => ends.has(lastCharacter(line))).length / lines.length;
    yield judge(atLeast, "line_punct_ratio", "terminalLines", terminal, minTerminalLines);

    const short = lines.filter((line) => length(line) <= shortLine).length / lines.length;
    yield judge(atMost, "short_line_ratio", "shortLines", short, maxShortLines);

    const newlines = occurrences(text, "\n");
    const repeated = duplicates(filled).characters / (length(text) - newlines);
    yield judge(atMost, "char_dup_ratio", "duplicateCharacters", repeated, maxDuplicateCharacters);

    yield atMost("list_ratio", "newlines", newlines / cutWords(text).length, maxNewlines);
  });
}

function lastCharacter(line: string): string {
  const pair = line.slice(-2);
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : line.slice(-1);
}

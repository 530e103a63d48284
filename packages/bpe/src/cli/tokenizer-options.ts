// The options of every command that opens a tokenizer: what its file may not say by itself.
import { nonEmpty, Option, repeated } from "@llm/platform/command";
import { ENCODINGS, type EncodingName } from "../encodings.js";
import { PATTERN_SOURCES, type PatternName } from "../patterns.js";

export const PATTERN_NAMES = Object.keys(PATTERN_SOURCES) as PatternName[];
export const ENCODING_NAMES = Object.keys(ENCODINGS) as EncodingName[];

/** How a tokenizer's file is to be read. */
export interface TokenizerOptions {
  encoding?: EncodingName;
  pattern?: PatternName;
  special?: readonly string[];
}

const GROUP = "Tokenizer:";

export const tokenizerOption = new Option(
  "--tokenizer <path>",
  "tokenizer.json, a folder, vocab.json (merges.txt beside it), or a .tiktoken table",
)
  .argParser(nonEmpty)
  .makeOptionMandatory()
  .helpGroup(GROUP);

export const encodingOption = new Option("--encoding <name>", "which published encoding a .tiktoken table is")
  .choices(ENCODING_NAMES)
  .helpGroup(GROUP);

export const patternOption = new Option("--pattern <name>", "how text is cut, where the file does not say")
  .choices(PATTERN_NAMES)
  .helpGroup(GROUP);

export const specialOption = new Option(
  "--special <token=id>",
  "a special token that the file does not list; may be given several times",
)
  .argParser(repeated)
  .helpGroup(GROUP);

import type { Arguments, OptionSpec } from "./arguments.js";
import { convertCommand } from "./convert.js";
import { decodeCommand } from "./decode.js";
import { countCommand, encodeCommand } from "./encode.js";
import type { Io } from "./io.js";
import { statsCommand } from "./stats.js";
import { PATTERN_NAMES, TOKENIZER_OPTIONS } from "./tokenizer-files.js";
import { trainCommand } from "./train.js";

/** One of the things that `bpe` does. */
export interface Command {
  summary: string;
  help: string;
  options: OptionSpec;
  run(options: Arguments, io: Io): Promise<void>;
}

const TOKENIZER_HELP = `  --tokenizer <path>   tokenizer.json, a folder, vocab.json (merges.txt beside it), or a .tiktoken table
  --encoding <name>    which published encoding a .tiktoken table is
  --pattern <name>     how text is cut, where the file does not say: ${PATTERN_NAMES.join(", ")}
  --special <token=id> a special token that the file does not list; may be given several times`;

const FORMAT_HELP = `  --format <name>      text (blanks between ids, a line for each input), json, bin (little-endian: u16 where the
                       vocabulary fits, else u32), u16 or u32; default: text`;

export const COMMANDS: Readonly<Record<string, Command>> = {
  train: {
    summary: "train a vocabulary on texts",
    help: `bpe train [files] --vocab-size <n> --out <path>

Trains on the files, or on stdin. Ctrl-C stops it and writes nothing.

  --vocab-size <n>     tokens in all: 256 bytes, merges and special tokens
  --out <path>         tokenizer.json, name.tiktoken, or a folder for vocab.json and merges.txt
  --pattern <name>     how text is cut: ${PATTERN_NAMES.join(", ")}; default: cl100k
  --special <token>    may be given several times; default: <|endoftext|>
  --tie-break <rule>   ids, or hf: numbers and ties as Hugging Face's trainer has them; default: ids
  --lines              takes each line for a text of its own, as Hugging Face's trainer does
  --min-frequency <n>  rarer pairs are not merged; default: 1
  --workers <n>        threads that count words; the result is the same
  --json               the result on stdout as JSON`,
    options: {
      help: "flag",
      "vocab-size": "text",
      out: "text",
      pattern: "text",
      special: "texts",
      "tie-break": "text",
      lines: "flag",
      "min-frequency": "text",
      workers: "text",
      json: "flag",
    },
    run: trainCommand,
  },
  encode: {
    summary: "text to ids",
    help: `bpe encode [files] --tokenizer <path>

Encodes the files, or stdin, whatever their length: ids come out as text goes in.

${TOKENIZER_HELP}
  --allow-special      special tokens in the text become their ids; without it they are plain text
${FORMAT_HELP}
  --json               the same as --format json`,
    options: {
      help: "flag",
      tokenizer: "text",
      ...TOKENIZER_OPTIONS,
      "allow-special": "flag",
      format: "text",
      json: "flag",
    },
    run: encodeCommand,
  },
  decode: {
    summary: "ids to text",
    help: `bpe decode [files] --tokenizer <path>

Decodes the files, or stdin, in whole characters as the ids come in.

${TOKENIZER_HELP}
${FORMAT_HELP}`,
    options: { help: "flag", tokenizer: "text", ...TOKENIZER_OPTIONS, format: "text" },
    run: decodeCommand,
  },
  count: {
    summary: "how many tokens texts have",
    help: `bpe count [files] --tokenizer <path>

${TOKENIZER_HELP}
  --allow-special      special tokens in the text count as one
  --json               {"files":[{"file","tokens","bytes"}],"total":{"tokens","bytes"}}`,
    options: { help: "flag", tokenizer: "text", ...TOKENIZER_OPTIONS, "allow-special": "flag", json: "flag" },
    run: countCommand,
  },
  stats: {
    summary: "how well a vocabulary fits texts",
    help: `bpe stats [files] --tokenizer <path>

Bytes per token, tokens per word, unused tokens and the most frequent ones.

${TOKENIZER_HELP}
  --top <n>            how many of the most frequent tokens to show; default: 20
  --json               everything, the ids of unused tokens too, as JSON`,
    options: { help: "flag", tokenizer: "text", ...TOKENIZER_OPTIONS, top: "text", json: "flag" },
    run: statsCommand,
  },
  convert: {
    summary: "one tokenizer file to another form",
    help: `bpe convert <from> <to>

From and to are a tokenizer.json, a .tiktoken table, or a folder with (or a path ending in) vocab.json and merges.txt.

${TOKENIZER_HELP.split("\n").slice(1).join("\n")}
  --json               what was written, on stdout as JSON`,
    options: { help: "flag", ...TOKENIZER_OPTIONS, json: "flag" },
    run: convertCommand,
  },
};

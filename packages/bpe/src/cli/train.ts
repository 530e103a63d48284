import { Command, type Io, nonEmpty, Option, repeated, wholeNumber, write } from "@llm/platform/command";
import { formatBytes, ProgressLine } from "@llm/platform/terminal";
import { trainStreams } from "../node-train.js";
import type { Tokenizer } from "../tokenizer.js";
import { inputs } from "./input.js";
import { writeTokenizer } from "./tokenizer-files.js";
import { PATTERN_NAMES } from "./tokenizer-options.js";

/** `bpe train`: texts to a tokenizer file. */
export const trainCommand = (io: Io) =>
  new Command("train")
    .summary("train a vocabulary on texts")
    .usage("[files...] --vocab-size <n> --out <path>")
    .description("Trains on the files, or on stdin. Ctrl-C stops it and writes nothing.")
    .argument("[files...]", "texts in UTF-8; stdin where there are none, and for -")
    .requiredOption(
      "--vocab-size <n>",
      "tokens in all: 256 bytes, merges and special tokens",
      wholeNumber(256, 2 ** 24 - 1),
    )
    .requiredOption(
      "--out <path>",
      "tokenizer.json, name.tiktoken, or a folder for vocab.json and merges.txt",
      nonEmpty,
    )
    .addOption(
      new Option("--pattern <name>", "how text is cut").choices(PATTERN_NAMES).default("cl100k" as const),
    )
    .addOption(
      new Option(
        "--special <token>",
        "a special token; may be given several times; default: <|endoftext|>",
      ).argParser(repeated),
    )
    .addOption(
      new Option(
        "--tie-break <rule>",
        "which of two pairs that are as frequent goes first (hf: that of Hugging Face's trainer, and its ids)",
      )
        .choices(["ids", "hf"])
        .default("ids" as const),
    )
    .option("--lines", "each line is a text of its own, as for Hugging Face's trainer")
    .option("--min-frequency <n>", "rarer pairs are not merged", wholeNumber(1, Number.MAX_SAFE_INTEGER), 1)
    .option("--workers <n>", "threads that count words; the result is the same", wholeNumber(1, 1024))
    .option("--json", "the result on stdout as JSON")
    .addHelpText("after", "\nExample:\n  bpe train corpus.txt --vocab-size 32768 --out tokenizer.json")
    .action(async (files, { out, json, special, lines = false, ...options }) => {
      const progress = new ProgressLine(io);
      const started = performance.now();
      let bytes = 0;
      let merges = 0;
      function* streams() {
        for (const input of inputs(files, io)) yield counting(input.bytes);
      }
      async function* counting(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          progress.show(() => `read ${formatBytes(bytes)}`);
          yield chunk;
        }
      }

      let tokenizer: Tokenizer;
      try {
        tokenizer = await trainStreams(streams(), undefined, {
          ...options,
          lines,
          ...(special && { specialTokens: special }),
          signal: io.signal,
          onMerge: ({ step, steps, bytes, count }) => {
            merges = step;
            progress.show(() => `merge ${step} of ${steps}: ${quoted(bytes)}, ${count} times`);
          },
        });
      } finally {
        progress.clear();
      }
      io.signal.throwIfAborted();
      const written = await writeTokenizer(tokenizer, out);
      const { vocabSize } = tokenizer;
      const seconds = (performance.now() - started) / 1e3;
      if (json) {
        const result = { vocabSize, merges, bytes, seconds: Number(seconds.toFixed(3)), files: written };
        await write(io.stdout, `${JSON.stringify(result)}\n`);
      } else {
        const speed = `${formatBytes(bytes)} in ${seconds.toFixed(1)} s`;
        await write(io.stderr, `${written.join(", ")}: ${vocabSize} tokens from ${speed}\n`);
      }
    });

function quoted(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder().decode(bytes));
}

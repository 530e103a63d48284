import { Command, type Io, nonEmpty, write } from "@llm/platform/command";
import { defaultNormalizer } from "../normalizer.js";
import type { Tokenizer } from "../tokenizer.js";
import { checkOutput, formatOf, openTokenizer, writeTokenizer } from "./tokenizer-files.js";
import { encodingOption, patternOption, specialOption } from "./tokenizer-options.js";

/** `bpe convert`: one tokenizer file to another form. */
export const convertCommand = (io: Io) =>
  new Command("convert")
    .summary("one tokenizer file to another form")
    .argument("<from>", "a tokenizer.json, a .tiktoken table, a vocab.json, or a folder", nonEmpty)
    .argument("<to>", "the same: what the path ends in says the form", nonEmpty)
    .addOption(encodingOption)
    .addOption(patternOption)
    .addOption(specialOption)
    .option("--json", "what was written, on stdout as JSON")
    .addHelpText("after", "\nExample:\n  bpe convert tokenizer.json folder/vocab.json")
    .action(async (from, to, { json, ...options }) => {
      await checkOutput(to);
      const tokenizer = await openTokenizer(from, options);
      const files = await writeTokenizer(tokenizer, to);
      const { vocabSize } = tokenizer;
      const special = Object.fromEntries(tokenizer.specialTokens);
      const pattern = typeof tokenizer.pattern === "string" ? tokenizer.pattern : tokenizer.pattern.source;
      if (json) {
        await write(io.stdout, `${JSON.stringify({ files, vocabSize, pattern, specialTokens: special })}\n`);
      } else if (formatOf(to) !== "hf") {
        await write(io.stderr, `${files.join(", ")}: ${howToOpen(tokenizer)}\n`);
      }
    });

/** What a form without pattern and special tokens leaves to say. */
function howToOpen({ pattern, normalizer, specialTokens }: Tokenizer): string {
  if (typeof pattern !== "string" || normalizer !== defaultNormalizer(pattern)) {
    return (
      "pattern, normaliser and special tokens are not in this form, and the command has no names for these: " +
      "open it with `load` of @llm/bpe/node, which takes { pattern, normalizer, specialTokens }"
    );
  }
  const special = Array.from(specialTokens, ([token, id]) => ` --special ${quoted(`${token}=${id}`)}`);
  return `pattern and special tokens are not in this form; open it with --pattern ${pattern}${special.join("")}`;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

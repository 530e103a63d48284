import { Command, type Io, nonEmpty, write } from "@llm/platform/command";
import { formatOf, openTokenizer, writeTokenizer } from "./tokenizer-files.js";
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
      const tokenizer = await openTokenizer(from, options);
      const files = await writeTokenizer(tokenizer, to);
      const { vocabSize } = tokenizer;
      const special = Object.fromEntries(tokenizer.specialTokens);
      const pattern = typeof tokenizer.pattern === "string" ? tokenizer.pattern : tokenizer.pattern.source;
      if (json) {
        await write(io.stdout, `${JSON.stringify({ files, vocabSize, pattern, specialTokens: special })}\n`);
      } else if (formatOf(to) !== "hf") {
        const lost = "pattern and special tokens are not in this form";
        const reopen = Object.entries(special).map(([token, id]) => ` --special '${token}=${id}'`);
        await write(
          io.stderr,
          `${files.join(", ")}: ${lost}; open it with --pattern ${pattern}${reopen.join("")}\n`,
        );
      }
    });

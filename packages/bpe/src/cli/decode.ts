import { Command, type Io, write } from "@llm/platform/command";
import { formatOption, idFormat, readIds } from "./id-formats.js";
import { inputs } from "./input.js";
import { openTokenizer } from "./tokenizer-files.js";
import { encodingOption, patternOption, specialOption, tokenizerOption } from "./tokenizer-options.js";

/** `bpe decode`: ids to text, in whole characters as they come. */
export const decodeCommand = (io: Io) =>
  new Command("decode")
    .summary("ids to text")
    .usage("[files...] --tokenizer <path>")
    .description("Decodes the files, or stdin, in whole characters as the ids come in.")
    .argument("[files...]", "ids; stdin where there are none, and for -")
    .addOption(tokenizerOption)
    .addOption(encodingOption)
    .addOption(patternOption)
    .addOption(specialOption)
    .addOption(formatOption)
    .addHelpText(
      "after",
      "\nExample:\n  bpe decode --tokenizer tokenizer.json --format bin < corpus.bin | head",
    )
    .action(async (files, { tokenizer: path, format: name, ...options }) => {
      const tokenizer = await openTokenizer(path, options);
      const format = idFormat(name, tokenizer.vocabSize);
      for (const { bytes } of inputs(files, io)) {
        const decoder = tokenizer.decoder();
        for await (const ids of readIds(bytes, format)) {
          io.signal.throwIfAborted();
          await write(io.stdout, decoder.write(ids));
        }
        await write(io.stdout, decoder.end());
      }
    });

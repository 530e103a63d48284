import { Command, type Io, write } from "@llm/platform/command";
import { encodedParts } from "./encoded-parts.js";
import { formatOption, IdWriter, idFormat } from "./id-formats.js";
import { inputs } from "./input.js";
import { openTokenizer } from "./tokenizer-files.js";
import { encodingOption, patternOption, specialOption, tokenizerOption } from "./tokenizer-options.js";

/** `bpe encode`: text to ids, in parts, so that it may be of any length. */
export const encodeCommand = (io: Io) =>
  new Command("encode")
    .summary("text to ids")
    .usage("[files...] --tokenizer <path>")
    .description("Encodes the files, or stdin, whatever their length: ids come out as text goes in.")
    .argument("[files...]", "texts in UTF-8; stdin where there are none, and for -")
    .addOption(tokenizerOption)
    .addOption(encodingOption)
    .addOption(patternOption)
    .addOption(specialOption)
    .option("--allow-special", "special tokens in the text become their ids; without it they are plain text")
    .addOption(formatOption)
    .option("--json", "the same as --format json")
    .addHelpText(
      "after",
      "\nExample:\n  bpe encode --tokenizer tokenizer.json --format bin < corpus.txt > corpus.bin",
    )
    .action(async (files, { tokenizer: path, allowSpecial = false, format, json, ...options }) => {
      const tokenizer = await openTokenizer(path, options);
      const writer = new IdWriter(idFormat(json ? "json" : format, tokenizer.vocabSize));
      for (const { bytes } of inputs(files, io)) {
        await write(io.stdout, writer.start());
        for await (const ids of encodedParts(tokenizer, bytes, allowSpecial, io.signal)) {
          await write(io.stdout, writer.part(ids));
        }
        await write(io.stdout, writer.end());
      }
    });

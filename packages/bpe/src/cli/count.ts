import { Command, type Io, write } from "@llm/platform/command";
import { encodedParts } from "./encoded-parts.js";
import { inputs } from "./input.js";
import { openTokenizer } from "./tokenizer-files.js";
import { encodingOption, patternOption, specialOption, tokenizerOption } from "./tokenizer-options.js";

/** `bpe count`: how many tokens each input has. */
export const countCommand = (io: Io) =>
  new Command("count")
    .summary("how many tokens texts have")
    .usage("[files...] --tokenizer <path>")
    .argument("[files...]", "texts in UTF-8; stdin where there are none, and for -")
    .addOption(tokenizerOption)
    .addOption(encodingOption)
    .addOption(patternOption)
    .addOption(specialOption)
    .option("--allow-special", "special tokens in the text count as one")
    .option("--json", '{"files":[{"file","tokens","bytes"}],"total":{"tokens","bytes"}}')
    .addHelpText("after", "\nExample:\n  bpe count *.md --tokenizer cl100k_base.tiktoken --encoding cl100k")
    .action(async (names, { tokenizer: path, allowSpecial = false, json, ...options }) => {
      const tokenizer = await openTokenizer(path, options);
      const files: { file: string; tokens: number; bytes: number }[] = [];
      const total = { tokens: 0, bytes: 0 };
      for (const { name, bytes } of inputs(names, io)) {
        const count = { file: name, tokens: 0, bytes: 0 };
        const counting = async function* () {
          for await (const chunk of bytes) {
            count.bytes += chunk.length;
            yield chunk;
          }
        };
        for await (const ids of encodedParts(tokenizer, counting(), allowSpecial, io.signal)) {
          count.tokens += ids.length;
        }
        files.push(count);
        total.tokens += count.tokens;
        total.bytes += count.bytes;
        if (!json) await write(io.stdout, `${count.tokens}\t${name}\n`);
      }
      if (json) await write(io.stdout, `${JSON.stringify({ files, total })}\n`);
      else if (files.length > 1) await write(io.stdout, `${total.tokens}\ttotal\n`);
    });

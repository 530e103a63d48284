import { Command, type Io, wholeNumber, write } from "@llm/platform/command";
import { tokenStatistics } from "../statistics.js";
import { safeParts, textOf } from "../text-parts.js";
import { cutsOfTokenizer } from "./borders.js";
import { inputs } from "./input.js";
import { openTokenizer } from "./tokenizer-files.js";
import { encodingOption, patternOption, specialOption, tokenizerOption } from "./tokenizer-options.js";

/** `bpe stats`: how well a vocabulary fits texts. */
export const statsCommand = (io: Io) =>
  new Command("stats")
    .summary("how well a vocabulary fits texts")
    .usage("[files...] --tokenizer <path>")
    .description("Bytes per token, tokens per word, unused tokens and the most frequent ones.")
    .argument("[files...]", "texts in UTF-8; stdin where there are none, and for -")
    .addOption(tokenizerOption)
    .addOption(encodingOption)
    .addOption(patternOption)
    .addOption(specialOption)
    .option("--top <n>", "how many of the most frequent tokens to show", wholeNumber(0, 2 ** 24), 20)
    .option("--json", "everything, the ids of unused tokens too, as JSON")
    .addHelpText("after", "\nExample:\n  bpe stats corpus.txt --tokenizer tokenizer.json")
    .action(async (files, { tokenizer: path, top, json, ...options }) => {
      const tokenizer = await openTokenizer(path, options);
      let texts = 0;
      async function* parts() {
        for (const { bytes } of inputs(files, io)) {
          texts++;
          yield* safeParts(textOf(bytes), cutsOfTokenizer(tokenizer));
        }
      }
      const statistics = await tokenStatistics(tokenizer, parts(), { signal: io.signal, mostFrequent: top });
      if (json) return write(io.stdout, `${JSON.stringify({ ...statistics, texts })}\n`);
      const { tokens, bytes, bytesPerToken, tokensPerWord, unused, mostFrequent } = statistics;
      const rows = [
        ["tokens", tokens],
        ["bytes", bytes],
        ["bytes per token", bytesPerToken.toFixed(3)],
        ["tokens per word", tokensPerWord.toFixed(3)],
        ["tokens unused", `${unused.length} of ${tokenizer.vocabSize}`],
        ...mostFrequent.map(({ id, count }) => [JSON.stringify(tokenizer.decode([id])), count]),
      ];
      await write(io.stdout, rows.map(([name, value]) => `${name}\t${value}\n`).join(""));
    });

import { tokenStatistics } from "../statistics.js";
import { safeParts, textOf } from "../text-parts.js";
import type { Arguments } from "./arguments.js";
import { cutsOfTokenizer } from "./borders.js";
import { inputs } from "./input.js";
import { type Io, write } from "./io.js";
import { openTokenizer } from "./tokenizer-files.js";

/** `bpe stats`: how well a vocabulary fits texts. */
export async function statsCommand(options: Arguments, io: Io): Promise<void> {
  const path = options.required("tokenizer", "the tokenizer to judge");
  const top = options.number("top", 0, 2 ** 24);
  const tokenizer = await openTokenizer(path, options);
  let texts = 0;
  async function* parts() {
    for (const { bytes } of inputs(options.files, io)) {
      texts++;
      yield* safeParts(textOf(bytes), cutsOfTokenizer(tokenizer));
    }
  }
  const statistics = await tokenStatistics(tokenizer, parts(), {
    signal: io.signal,
    ...(top !== undefined && { mostFrequent: top }),
  });
  if (options.has("json")) return write(io.stdout, `${JSON.stringify({ ...statistics, texts })}\n`);
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
}

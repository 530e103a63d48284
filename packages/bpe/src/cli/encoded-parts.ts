import { UsageError } from "@llm/platform/command";
import { safeParts, textOf } from "../text-parts.js";
import type { Tokenizer } from "../tokenizer.js";
import { cutsOfTokenizer } from "./borders.js";

/** The ids of an input, a part at a time: together those of the whole text. */
export async function* encodedParts(
  tokenizer: Tokenizer,
  bytes: AsyncIterable<Uint8Array>,
  allowSpecial: boolean,
  signal: AbortSignal,
): AsyncGenerator<Uint32Array> {
  if (allowSpecial && tokenizer.specialTokens.size === 0) {
    throw new UsageError(
      "--allow-special has no effect: the tokenizer has no special tokens. Name them with --special TOKEN for vocab.json, with " +
        "--special TOKEN=ID for a .tiktoken table, or in the added_tokens of tokenizer.json.",
    );
  }
  for await (const part of safeParts(textOf(bytes), cutsOfTokenizer(tokenizer))) {
    signal.throwIfAborted();
    yield allowSpecial ? tokenizer.encode(part, { allowedSpecial: "all" }) : tokenizer.encodeOrdinary(part);
  }
}

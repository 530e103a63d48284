import type { Tokenizer } from "@llm/bpe";
import { bigram, type Score, unigram } from "../baselines.js";
import { DemoError } from "../errors.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Recipe } from "../settings.js";
import { readSplit } from "../shards.js";
import { windows } from "../split.js";
import { baselineLoss, scoreOn } from "../validate.js";

/** What counting alone reaches on the validation tokens that the model is measured on. */
export async function measureBaselines(
  folder: RunFolder,
  tokenizer: Tokenizer,
  recipe: Recipe,
): Promise<StageResult<{ unigram: Score; bigram: Score }>> {
  const train = await readSplit(folder.file("tokens", "train"));
  const val = await readSplit(folder.file("tokens", "val"));
  const { blockSize } = recipe.model;
  for (const [name, { tokens }] of Object.entries({ training: train, validation: val })) {
    if (tokens.length > blockSize) continue;
    throw new DemoError(
      `The kept documents make ${tokens.length} ${name} tokens; a context of ${blockSize} needs ${blockSize + 1}. Give more input.`,
    );
  }
  const unseen = windows(val.tokens.length, blockSize, recipe.evaluationWindows);
  const measure = (baseline: ReturnType<typeof unigram>) =>
    scoreOn(baselineLoss(baseline, val.tokens, unseen), val.tokens, unseen, byteLength(tokenizer));
  return {
    summary: {
      unigram: measure(unigram(train.tokens, tokenizer.vocabSize)),
      bigram: measure(bigram(train.tokens, tokenizer.vocabSize)),
    },
    files: [],
  };
}

/** Bytes of text that a token stands for; none for special tokens. */
export function byteLength(tokenizer: Tokenizer): (id: number) => number {
  const special = new Set(tokenizer.specialTokens.values());
  return (id) => (special.has(id) ? 0 : tokenizer.tokenBytes(id).length);
}

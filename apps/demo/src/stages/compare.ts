import { complete } from "@llm/sample";
import { Assistant, MODELS, type ModelName } from "../assistant.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Recipe } from "../settings.js";

/** What each model says to one question. */
export interface Compared {
  question: string;
  /** What would be right. */
  expected: string;
  answers: Record<ModelName, string>;
}

/** Puts the same questions to the base, the SFT and the RL model; each says what it holds likeliest. */
export async function compare(
  folder: RunFolder,
  questions: readonly { question: string; expected: string }[],
  { recipe, signal }: { recipe: Recipe; signal: AbortSignal },
): Promise<StageResult<Compared[]>> {
  const compared: Compared[] = questions.map((each) => ({ ...each, answers: { base: "", sft: "", rl: "" } }));
  const maxTokens = recipe.sampleTokens;
  for (const name of MODELS) {
    const assistant = await Assistant.open(folder.path, name);
    try {
      for (const each of compared) {
        const { ids, stopIds } = assistant.ask([{ role: "user", content: each.question }], maxTokens);
        const options = { temperature: 0, maxTokens, stopIds, signal };
        const { text } = await complete(assistant.model, assistant.tokens.tokenizer, ids, options);
        signal.throwIfAborted();
        each.answers[name] = text.trim();
      }
    } finally {
      assistant.dispose();
    }
  }
  return { summary: compared, files: [] };
}

import { sampleBatch } from "@llm/sample";
import { type AdvantageOptions, advantages } from "@llm/train";
import type { OpenedModel } from "../opened.js";
import { bytesAsText } from "../token-texts.js";
import { ask, roomFor } from "./asked.js";
import type { ComparedSource } from "./compared.js";
import { isRight } from "./reward.js";
import type { ModelShelf } from "./shelf.js";
import { textTokenizer } from "./text-tokenizer.js";

/** A question with answers, as a step of GRPO draws them. */
export interface GroupQuestion extends ComparedSource, Pick<AdvantageOptions, "baseline" | "scale"> {
  readonly prompt: string;
  /** What an answer has to end in. */
  readonly expected: string;
  readonly samples: number;
  readonly seed: number;
}

/** An answer of a group. */
export interface GroupAnswer {
  readonly text: string;
  /** Its tokens, the one that ended it included. */
  readonly tokens: number;
  /** The sum of the natural logarithms of their probabilities. */
  readonly logprob: number;
  readonly isWhole: boolean;
  readonly reward: number;
  readonly advantage: number;
}

/** Draws a group of answers, judges them, and compares each with the others. */
export async function group(
  shelf: ModelShelf,
  question: GroupQuestion,
  signal?: AbortSignal,
): Promise<GroupAnswer[]> {
  const { source, form, prompt, expected, samples, seed, baseline, scale } = question;
  const opened = await shelf.take(source);
  const asked = ask(opened, prompt, form);
  const drawn = await sampleBatch(opened.model, [asked.ids], {
    ...{ samples, seed, temperature: 1, maxTokens: roomFor(opened, asked), stopIds: asked.stopIds },
    ...(signal && { signal }),
  });
  const answers = drawn.map(({ ids, finishReason, samplingLogprobs }) => {
    const isWhole = finishReason === "stop";
    const written = isWhole ? ids.slice(0, -1) : ids;
    const isGood = isWhole && isRight(textTokenizer(opened).decode(written), expected);
    const logprob = samplingLogprobs.reduce((sum, each) => sum + each, 0);
    return {
      text: shownText(opened, written),
      tokens: ids.length,
      logprob,
      isWhole,
      reward: Number(isGood),
    };
  });
  const gains = advantages(
    answers.map(({ reward }) => reward),
    { ...(baseline && { baseline }), ...(scale && { scale }) },
  );
  return answers.map((answer, i) => ({ ...answer, advantage: gains[i]! }));
}

/** A text as it is shown: parts of characters as bytes. */
function shownText({ tokenizer, tokens }: OpenedModel, ids: Uint32Array): string {
  if (!tokenizer) return Array.from(ids, (id) => tokens[id]).join(" ");
  return bytesAsText(Uint8Array.from([...ids].flatMap((id) => [...tokenizer.tokenBytes(id)])));
}

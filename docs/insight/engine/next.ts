import { distribution, draw, type SamplingParams, type TraceStep, uniform } from "@llm/sample";
import type { ReadText } from "./read-text.js";

/** How the next token is drawn: as the view Sampling does it, by the same names. */
export interface NextSettings extends Required<Pick<SamplingParams, "temperature" | "topK" | "topP">> {
  readonly seed: number;
}

/** A token that may come next. */
interface NextToken {
  readonly id: number;
  readonly logit: number;
  /** Its probability after each stage, the model's own first; undefined: it was cut. */
  readonly p: readonly (number | undefined)[];
}

/** What may come next, through each stage, and what is drawn. */
export interface NextDraw {
  /** The pass that it follows, and how many tokens of the text stand before it. */
  readonly ids: readonly number[];
  readonly before: number;
  readonly stages: readonly TraceStep["stage"][];
  /** The model's most probable, and what is drawn. */
  readonly tokens: readonly NextToken[];
  /** How many can be drawn. */
  readonly left: number;
  /** The number in [0, 1) that draws, and the token it falls on. */
  readonly u: number;
  readonly drawn: number;
  /** Where its share begins and ends, all that can be drawn being side by side from 0 to 1, in ascending id. */
  readonly span: readonly [from: number, to: number];
  /** Its place among all tokens by the model, from 1. */
  readonly rank: number;
}

/** From the logits behind some tokens to the next one; of the most probable ones, the first first, it is told how they fare. */
export function drawNext(
  { ids, before }: ReadText,
  logits: Float32Array,
  { seed, ...params }: NextSettings,
  mostProbable: readonly number[],
): NextDraw {
  const steps = distribution.trace(logits, params);
  const last = steps.at(-1)!;
  const u = uniform({ seed, position: before + ids.length });
  const drawn = draw(last, u);
  const at = last.ids.indexOf(drawn);
  const from = last.probabilities.subarray(0, at).reduce((sum, p) => sum + p, 0);
  const best = mostProbable.includes(drawn) ? mostProbable : [...mostProbable.slice(0, -1), drawn];
  const tokens = best.map((id) => ({
    ...{ id, logit: logits[id]! },
    p: steps.map(({ ids, probabilities }) => {
      const at = ids.indexOf(id);
      return at < 0 ? undefined : probabilities[at]!;
    }),
  }));
  const own = logits[drawn]!;
  const rank = 1 + logits.reduce((count, x, id) => count + Number(x > own || (x === own && id < drawn)), 0);
  return {
    ...{ ids, before, tokens, u, drawn, rank },
    stages: steps.map(({ stage }) => stage),
    left: last.ids.length,
    span: [from, from + last.probabilities[at]!],
  };
}

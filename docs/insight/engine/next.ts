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
  /** Its place among all tokens by the model, from 1. */
  readonly rank: number;
}

/** From the logits behind some tokens to the next one, of which the most probable are told. */
export function nextOf(
  { ids, before }: ReadText,
  logits: Float32Array,
  { seed, ...params }: NextSettings,
  count: number,
): NextDraw {
  const steps = distribution.trace(logits, params);
  const u = uniform({ seed, position: before + ids.length });
  const drawn = draw(steps.at(-1)!, u);
  const all = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  const best = all.slice(0, count);
  if (!best.includes(drawn)) best[best.length - 1] = drawn;
  const tokens = best.map((id) => ({
    ...{ id, logit: logits[id]! },
    p: steps.map(({ ids, probabilities }) => {
      const at = ids.indexOf(id);
      return at < 0 ? undefined : probabilities[at]!;
    }),
  }));
  const stages = steps.map(({ stage }) => stage);
  const rank = all.indexOf(drawn) + 1;
  return { ids, before, stages, tokens, left: steps.at(-1)!.ids.length, u, drawn, rank };
}

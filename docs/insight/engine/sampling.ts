import { distribution, draw, type SamplingParams, type TraceStep, uniform } from "@llm/sample";
import type { OpenedModel } from "./opened.js";

/** One draw with all that led to it. */
export interface SamplingResult {
  readonly ids: readonly number[];
  readonly steps: readonly TraceStep[];
  /** The number in [0, 1) that draws, and the token it falls on. */
  readonly u: number;
  readonly drawn: number;
  /** Positions whose keys and values were kept, and positions that were computed. */
  readonly cached: number;
  readonly computed: number;
}

/** What to draw from: a text, tokens after it, and how. */
export interface Draw {
  readonly text: string;
  readonly path: readonly number[];
  readonly params: SamplingParams;
  readonly seed: number;
}

/** What follows a text and then `path`: through each stage, to the token that is drawn. */
export async function sample(
  opened: OpenedModel,
  { text, path, params, seed }: Draw,
  signal?: AbortSignal,
): Promise<SamplingResult> {
  const prompt = opened.encode(text);
  const all = [...prompt, ...path].slice(-opened.model.blockSize);
  // A text of no token begins where every text begins.
  const ids = all.length > 0 ? all : [opened.model.config.endOfText ?? 0];
  const { logits, cached, computed } = await opened.next(ids, signal);
  const history = { prompt, output: path };
  const steps = distribution.trace(logits, params, history);
  const u = uniform({ seed, position: ids.length });
  return { ids, steps, u, drawn: draw(steps.at(-1)!, u), cached, computed };
}

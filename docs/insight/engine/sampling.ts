import { distribution, draw, type SamplingParams, type TraceStep, uniform } from "@llm/sample";
import type { OpenedModel } from "./opened.js";
import { type ReadText, readText } from "./read-text.js";

/** One draw with all that led to it. */
export interface SamplingResult extends ReadText {
  /** As the model gives them, and what the stages make of them. */
  readonly logits: Float32Array;
  readonly temperature: number;
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
  const read = readText(opened, text, opened.model.blockSize, path);
  const { ids, before } = read;
  const { logits, cached, computed } = await opened.next(ids, signal);
  const history = { prompt: opened.encode(text), output: path };
  const steps = distribution.trace(logits, params, history);
  // Where the window slides, each token has a number of its own all the same.
  const u = uniform({ seed, position: before + ids.length });
  const { temperature = 1 } = params;
  return { ...read, logits, temperature, steps, u, drawn: draw(steps.at(-1)!, u), cached, computed };
}

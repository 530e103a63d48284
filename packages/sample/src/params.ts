import type { Kinds } from "@llm/platform/options";
import type { Stage } from "./chain.js";

/** How logits become a distribution. Everything left out (or null) is off: the model's own distribution. */
export interface SamplingParams {
  /** The ids that can be drawn at all, a bit each: bit `id % 32` of word `id / 32`. Ids beyond its end cannot be drawn. */
  mask?: Uint32Array;
  /** Added to the logits of these ids; -Infinity forbids a token. A map, or an object as JSON has it. */
  logitBias?: ReadonlyMap<number, number> | Readonly<Record<string, number>>;
  /** Divides positive and multiplies negative logits of tokens in prompt and output. 1 is off. */
  repetitionPenalty?: number;
  /** Subtracted from a logit for every time its token is in the output. 0 is off. */
  frequencyPenalty?: number;
  /** Subtracted once from the logits of tokens in the output. 0 is off. */
  presencePenalty?: number;
  /** How many of the last tokens the penalties count; the chain's own if left out. */
  penaltyWindow?: number;
  /** No sequence of this many tokens occurs twice. 0 is off. */
  noRepeatNgram?: number;
  /** DRY: how much a token is lowered that would go on with a repetition. 0 is off. */
  dryMultiplier?: number;
  /** DRY: how much more with each further token of the repetition. Default 1.75. */
  dryBase?: number;
  /** DRY: repetitions up to this length are free. Default 2. */
  dryAllowedLength?: number;
  /** DRY: how many of the last tokens are looked at. Default all. */
  dryWindow?: number;
  /** DRY: ids that no repetition reaches over, such as those of line breaks and quotation marks. */
  dryBreakers?: Iterable<number>;
  /** Divides the logits. 0 is greedy: the best token alone, the lowest id among equals. Default 1. */
  temperature?: number;
  /** Drop tokens whose logit is more than this many standard deviations below the best. 0 is off. */
  topNSigma?: number;
  /** Keep the k best tokens. 0 is off. */
  topK?: number;
  /** Keep the fewest best tokens whose probabilities reach this sum. 1 is off. */
  topP?: number;
  /** Drop tokens less probable than this fraction of the best one's probability. 0 is off. */
  minP?: number;
  /** Keep the fewest tokens of the most typical surprise whose probabilities reach this sum. 1 is off. */
  typicalP?: number;
  /** XTC: how often the top choices are excluded. 0 is off. */
  xtcProbability?: number;
  /** XTC: of the tokens at least this probable only the worst is kept. Default 0.1; above 0.5 nothing is excluded. */
  xtcThreshold?: number;
  /** The order of the stages: a preset ("hf" by default) or a list of your own. */
  chain?: "hf" | "llamacpp" | readonly Stage[];
}

/** The kinds of {@link SamplingParams}. */
export const SAMPLING: Kinds<SamplingParams> = {
  mask: "list",
  logitBias: "object",
  repetitionPenalty: "number",
  frequencyPenalty: "number",
  presencePenalty: "number",
  penaltyWindow: "number",
  noRepeatNgram: "number",
  dryMultiplier: "number",
  dryBase: "number",
  dryAllowedLength: "number",
  dryWindow: "number",
  dryBreakers: "iterable",
  temperature: "number",
  topNSigma: "number",
  topK: "number",
  topP: "number",
  minP: "number",
  typicalP: "number",
  xtcProbability: "number",
  xtcThreshold: "number",
  chain: "string|array",
};

import type { Kinds } from "@llm/platform/options";
import { InvalidOptionError } from "./errors.js";

/**
 * A step of the sampler chain. `topK` keeps exactly k tokens, `topKWithTies` also those whose logit
 * equals the k-th's.
 */
export type Stage = "bias" | "penalties" | "temperature" | "topK" | "topKWithTies" | "topP" | "minP";

/** An order of stages, and how far back its penalties look. */
export interface Chain {
  readonly stages: readonly Stage[];
  /** How many of the last tokens the penalties count. */
  readonly penaltyWindow: number;
}

/**
 * The orders of two programs, which give different results for equal settings: Hugging Face's
 * transformers cools before it filters, llama.cpp filters first.
 */
export const chains: { readonly hf: Chain; readonly llamacpp: Chain } = {
  hf: {
    stages: ["bias", "penalties", "temperature", "topKWithTies", "topP", "minP"],
    penaltyWindow: Number.POSITIVE_INFINITY,
  },
  llamacpp: {
    stages: ["bias", "penalties", "topK", "topP", "minP", "temperature"],
    penaltyWindow: 64,
  },
};

/** How logits become a distribution. Everything left out is off: the model's own distribution. */
export interface SamplingParams {
  /** Divides the logits. 0 is greedy: the best token alone, the lowest id among equals. Default 1. */
  temperature?: number;
  /** Keep the k best tokens. 0 is off. */
  topK?: number;
  /** Keep the fewest best tokens whose probabilities reach this sum. 1 is off. */
  topP?: number;
  /** Drop tokens less probable than this fraction of the best one's probability. 0 is off. */
  minP?: number;
  /** Divides positive and multiplies negative logits of tokens in the history. 1 is off. */
  repetitionPenalty?: number;
  /** Subtracted from a logit for every time its token is in the history. 0 is off. */
  frequencyPenalty?: number;
  /** Subtracted once from the logits of tokens in the history. 0 is off. */
  presencePenalty?: number;
  /** How many of the last tokens the penalties count; the chain's own if left out. */
  penaltyWindow?: number;
  /** Added to the logits of these ids; -Infinity forbids a token. */
  logitBias?: ReadonlyMap<number, number>;
  /** The order of the stages: a preset ("hf" by default) or a list of your own. */
  chain?: "hf" | "llamacpp" | readonly Stage[];
}

/** The kinds of {@link SamplingParams}. */
export const SAMPLING: Kinds<SamplingParams> = {
  temperature: "number",
  topK: "number",
  topP: "number",
  minP: "number",
  repetitionPenalty: "number",
  frequencyPenalty: "number",
  presencePenalty: "number",
  penaltyWindow: "number",
  logitBias: "object",
  chain: "string|array",
};

type NumberOption = {
  [K in keyof SamplingParams]-?: SamplingParams[K] extends number | undefined ? K : never;
}[keyof SamplingParams];

const ranges: Record<NumberOption, [low: number, high: number, whole: boolean, off: number]> = {
  temperature: [0, Number.MAX_VALUE, false, 1],
  topK: [0, 2 ** 32, true, 0],
  topP: [0, 1, false, 1],
  minP: [0, 1, false, 0],
  repetitionPenalty: [Number.MIN_VALUE, Number.MAX_VALUE, false, 1],
  frequencyPenalty: [-Number.MAX_VALUE, Number.MAX_VALUE, false, 0],
  presencePenalty: [-Number.MAX_VALUE, Number.MAX_VALUE, false, 0],
  penaltyWindow: [0, Number.POSITIVE_INFINITY, false, Number.POSITIVE_INFINITY],
};

const stageOf: Partial<Record<NumberOption, readonly Stage[]>> = {
  temperature: ["temperature"],
  topK: ["topK", "topKWithTies"],
  topP: ["topP"],
  minP: ["minP"],
  repetitionPenalty: ["penalties"],
  frequencyPenalty: ["penalties"],
  presencePenalty: ["penalties"],
};

/** Checks the ranges, and that no option that is set lacks its stage; answers the chain. */
export function resolveChain(params: SamplingParams): Chain {
  const preset = params.chain ?? "hf";
  const chain =
    typeof preset === "string" ? chains[preset] : { stages: preset, penaltyWindow: Number.POSITIVE_INFINITY };
  if (!chain) {
    throw new InvalidOptionError(
      "chain",
      `chain "${preset}" is neither "hf", "llamacpp" nor a list of stages`,
    );
  }
  for (const [name, [low, high, whole, off]] of Object.entries(ranges) as [
    NumberOption,
    (typeof ranges)[NumberOption],
  ][]) {
    const value = params[name];
    if (value === undefined) continue;
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
      const range = `${whole ? "an integer" : "a number"} from ${low} to ${high}`;
      throw new InvalidOptionError(name, `${name} is ${value}; it must be ${range}`);
    }
    requireStage(chain, name, stageOf[name], value === off);
  }
  requireStage(chain, "logitBias", ["bias"], !params.logitBias?.size);
  return { stages: chain.stages, penaltyWindow: params.penaltyWindow ?? chain.penaltyWindow };
}

function requireStage(
  chain: Chain,
  option: string,
  stages: readonly Stage[] | undefined,
  off: boolean,
): void {
  if (off || !stages || stages.some((stage) => chain.stages.includes(stage))) return;
  throw new InvalidOptionError(
    option,
    `${option} is set, but the chain [${chain.stages.join(", ")}] has no stage "${stages[0]}": add it, or leave the option out`,
  );
}

import { type Chain, chainOf, chains, type Stage } from "./chain.js";
import { InvalidOptionError } from "./errors.js";
import type { SamplingParams } from "./params.js";

type NumberOption = {
  [K in keyof SamplingParams]-?: SamplingParams[K] extends number | undefined ? K : never;
}[keyof SamplingParams];

/** Sampling parameters that were checked and completed, once for all positions. */
export interface Settings extends Record<NumberOption, number> {
  /** The stages that do something, in order. */
  stages: readonly Stage[];
  chain: Chain;
  mask: Uint32Array | undefined;
  logitBias: ReadonlyMap<number, number>;
  dryBreakers: ReadonlySet<number>;
}

interface Range {
  low: number;
  high: number;
  whole?: boolean;
  /** What it is where it is left out. */
  usual: number;
  /** The stages that read it, any of which must be in the chain where it is not as usual. */
  stages?: readonly Stage[];
}

const MAX = Number.MAX_VALUE;
const ALL = Number.POSITIVE_INFINITY;

const ranges: Record<NumberOption, Range> = {
  repetitionPenalty: { low: Number.MIN_VALUE, high: MAX, usual: 1, stages: ["penalties"] },
  frequencyPenalty: { low: -MAX, high: MAX, usual: 0, stages: ["penalties"] },
  presencePenalty: { low: -MAX, high: MAX, usual: 0, stages: ["penalties"] },
  penaltyWindow: { low: 0, high: ALL, whole: true, usual: ALL },
  noRepeatNgram: { low: 0, high: 2 ** 32, whole: true, usual: 0, stages: ["noRepeatNgram"] },
  dryMultiplier: { low: 0, high: MAX, usual: 0, stages: ["dry"] },
  dryBase: { low: 1, high: MAX, usual: 1.75 },
  dryAllowedLength: { low: 0, high: 2 ** 32, whole: true, usual: 2 },
  dryWindow: { low: 0, high: ALL, whole: true, usual: ALL },
  temperature: { low: 0, high: MAX, usual: 1, stages: ["temperature"] },
  topNSigma: { low: 0, high: MAX, usual: 0, stages: ["topNSigma"] },
  topK: { low: 0, high: 2 ** 32, whole: true, usual: 0, stages: ["topK", "topKWithTies"] },
  topP: { low: 0, high: 1, usual: 1, stages: ["topP"] },
  minP: { low: 0, high: 1, usual: 0, stages: ["minP"] },
  typicalP: { low: 0, high: 1, usual: 1, stages: ["typical", "typicalWithTies"] },
  xtcProbability: { low: 0, high: 1, usual: 0, stages: ["xtc"] },
  xtcThreshold: { low: 0, high: 1, usual: 0.1 },
};

/** Checks the ranges, and that no option that is set lacks its stage. @throws InvalidOptionError */
export function resolve(params: SamplingParams): Settings {
  const chain = resolveChain(params);
  const active = new Set<Stage>();
  const activate = (option: string, stages: readonly Stage[]) => {
    if (!stages.some((stage) => chain.stages.includes(stage))) {
      throw new InvalidOptionError(
        option,
        `${option} is set, but the chain [${chain.stages.join(", ")}] has no stage "${stages[0]}": add it, or leave the option out`,
      );
    }
    for (const stage of stages) active.add(stage);
  };
  const numbers = {} as Record<NumberOption, number>;
  for (const [name, { low, high, whole, usual, stages }] of Object.entries(ranges) as [
    NumberOption,
    Range,
  ][]) {
    const value = params[name] ?? usual;
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value) && value !== ALL)) {
      const range = `${whole ? "an integer" : "a number"} from ${low} to ${high}`;
      throw new InvalidOptionError(name, `${name} is ${value}; it must be ${range}`);
    }
    numbers[name] = value;
    if (stages && value !== usual) activate(name, stages);
  }
  const { mask } = params;
  if (mask) {
    if (!(mask instanceof Uint32Array)) {
      throw new InvalidOptionError("mask", "mask must be a Uint32Array, with one bit for each id");
    }
    activate("mask", ["mask"]);
  }
  const logitBias = readBias(params.logitBias ?? {});
  if (logitBias.size > 0) activate("logitBias", ["bias"]);
  return {
    ...numbers,
    penaltyWindow: chain.penaltyWindow,
    mask,
    logitBias,
    dryBreakers: readIds("dryBreakers", params.dryBreakers ?? []),
    chain,
    stages: chain.stages.filter((stage) => active.has(stage)),
  };
}

function resolveChain({ chain: given = "hf", penaltyWindow }: SamplingParams): Chain {
  const preset = typeof given === "string" && Object.hasOwn(chains, given) ? chains[given] : undefined;
  const chain = typeof given === "string" ? preset : chainOf([...given]);
  if (!chain) {
    throw new InvalidOptionError(
      "chain",
      `chain "${given}" is neither "hf", "llamacpp" nor a list of stages`,
    );
  }
  const known: readonly Stage[] = [...chains.hf.stages, ...chains.llamacpp.stages];
  const strange = chain.stages.find((stage) => !known.includes(stage));
  if (strange !== undefined) {
    throw new InvalidOptionError(
      "chain",
      `the chain has an unknown stage "${strange}": it takes ${[...new Set(known)].join(", ")}`,
    );
  }
  return { ...chain, penaltyWindow: penaltyWindow ?? chain.penaltyWindow };
}

function readBias(given: NonNullable<SamplingParams["logitBias"]>): ReadonlyMap<number, number> {
  if (Symbol.iterator in given && !(given instanceof Map)) {
    throw new InvalidOptionError("logitBias", "logitBias must be a Map or an object of ids and numbers");
  }
  const entries: Iterable<[number | string, number]> = given instanceof Map ? given : Object.entries(given);
  const bias = new Map<number, number>();
  for (const [key, value] of entries) {
    const id = typeof key === "string" && /^(0|[1-9]\d*)$/.test(key) ? Number(key) : (key as number);
    checkId("logitBias", id, key);
    if (!(typeof value === "number" && value < Number.POSITIVE_INFINITY)) {
      throw new InvalidOptionError(
        "logitBias",
        `logitBias of token ${id} is ${value}; it must be finite or -Infinity`,
      );
    }
    bias.set(id, value);
  }
  return bias;
}

/** A copy of a list of ids, which may be an iterator that can be read only once. @throws InvalidOptionError */
function readIds(option: string, ids: Iterable<number>): ReadonlySet<number> {
  if (!(Symbol.iterator in ids)) {
    throw new InvalidOptionError(option, `${option} comes later: wait for it, and pass a list`);
  }
  const copy = new Set(ids);
  for (const id of copy) checkId(option, id, id);
  return copy;
}

/** The ids that end a text: those given, or else the model's own end token. @throws InvalidOptionError */
export function stopIdsOf(
  { config }: { readonly config?: { readonly endOfText?: number | undefined } },
  { stopIds }: { stopIds?: Iterable<number> },
): ReadonlySet<number> {
  const end = config?.endOfText;
  return readIds("stopIds", stopIds ?? (end === undefined ? [] : [end]));
}

function checkId(option: string, id: number, given: unknown): void {
  if (Number.isSafeInteger(id) && id >= 0) return;
  throw new InvalidOptionError(option, `${option} has ${JSON.stringify(given)}, which is no id of a token`);
}

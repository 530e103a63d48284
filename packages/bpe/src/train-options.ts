import { checkKind, checkOptions, type Kinds } from "@llm/platform/options";
import { TrainingError } from "./errors.js";
import { defaultNormalizer, type Normalizer } from "./normalizer.js";
import { checkPattern, type Pattern } from "./patterns.js";

/** What training reports of each merge. */
export interface MergeEvent {
  /** 1 for the first merge. */
  step: number;
  /** How many merges there will be, if the text has enough pairs. */
  steps: number;
  /** The ids that are joined, and the id of the new token. */
  left: number;
  right: number;
  id: number;
  /** The new token's bytes. */
  bytes: Uint8Array;
  /** How often the pair stood in the text at this point. */
  count: number;
}

/** How far reading has come. */
export interface ReadEvent {
  /** UTF-8 bytes that were counted. */
  bytes: number;
  /** How many there will be; undefined where that is not known, as with an iterable. */
  totalBytes: number | undefined;
  /** Distinct words so far. */
  words: number;
}

/** How to train a vocabulary. */
export interface TrainOptions {
  /** Tokens in all: bytes, merges and special tokens. Fewer come out where the text has too few pairs. */
  vocabSize: number;
  /** How text is cut into pieces; merges never cross them. Default: "cl100k". */
  pattern?: Pattern;
  /** What is done to text before it is cut, here and by the tokenizer. Default: null, but NFC with the pattern "qwen2". */
  normalizer?: Normalizer | null;
  /** Default: `<|endoftext|>`. Where the text holds one, it is plain text to training. */
  specialTokens?: readonly string[];
  /**
   * Of pairs with equal counts the one with the lowest ids is merged first. "ids" (the default) numbers bytes by value
   * and special tokens last, as tiktoken does; "hf" numbers special tokens first and bytes by their printable character,
   * which gives the ids and merges of Hugging Face's trainer.
   */
  tieBreak?: "ids" | "hf";
  /**
   * The bytes that get a token: "bytes" (the default) are all 256, so that any text can be encoded; "seen" only those
   * that the text has, as in Hugging Face's trainer without an `initial_alphabet`.
   */
  initialAlphabet?: "bytes" | "seen";
  /** Pairs that occur less often are not merged. A whole number; default: 1. */
  minFrequency?: number;
  /**
   * The most bytes a token may have, 2 or more. Default: no limit. Hugging Face's `max_token_length` is the first length
   * that is too long: one more than this.
   */
  maxTokenLength?: number;
  /** How many workers count words (Node's worker_threads, Web Workers). Default: 0, this thread does. */
  workers?: number;
  /** Stops training, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called now and then while text is read, and once when all of it is. */
  onRead?: (event: ReadEvent) => void;
  /** Called for each merge, in order; many may come at once. */
  onMerge?: (event: MergeEvent) => void;
}

/** The kinds of {@link TrainOptions}. */
export const TRAIN: Kinds<TrainOptions> = {
  vocabSize: "number!",
  pattern: "string|object",
  normalizer: "any",
  specialTokens: "array",
  tieBreak: "string",
  initialAlphabet: "string",
  minFrequency: "number",
  maxTokenLength: "number",
  workers: "number",
  signal: "signal",
  onRead: "function",
  onMerge: "function",
};

/** Refuses options that training does not have, lacks, or cannot use. @throws TrainingError */
export function checkTraining<T extends TrainOptions>(of: string, options: T, kinds: Kinds<T>): void {
  checkOptions(of, options, kinds, (message) => new TrainingError(message));
}

/** @throws TrainingError for what holds no texts */
export function requireTexts(texts: unknown): void {
  checkKind("texts of train", texts, "string|iterable", (message) => new TrainingError(message));
}

/** Options that were checked, with their defaults. */
export type TrainPlan = Required<Omit<TrainOptions, "signal" | "onRead" | "onMerge">> &
  Pick<TrainOptions, "signal" | "onRead" | "onMerge">;

/** @throws TrainingError naming the option at fault */
export function planOf(options: TrainOptions): TrainPlan {
  checkTraining("train", options, TRAIN);
  const plan: TrainPlan = {
    ...options,
    pattern: options.pattern ?? "cl100k",
    normalizer:
      options.normalizer === undefined ? defaultNormalizer(options.pattern ?? "cl100k") : options.normalizer,
    specialTokens: options.specialTokens ?? ["<|endoftext|>"],
    tieBreak: options.tieBreak ?? "ids",
    initialAlphabet: options.initialAlphabet ?? "bytes",
    minFrequency: options.minFrequency ?? 1,
    maxTokenLength: options.maxTokenLength ?? 2 ** 31 - 1,
    workers: options.workers ?? 0,
  };
  checkNames(plan);
  checkPattern("train", plan.pattern, (message) => new TrainingError(message));
  oneOf("tieBreak", plan.tieBreak, ["ids", "hf"]);
  oneOf("initialAlphabet", plan.initialAlphabet, ["bytes", "seen"]);
  wholeNumber("vocabSize", plan.vocabSize, 1, 2 ** 24 - 1);
  if (plan.initialAlphabet === "bytes") checkVocabSize(plan, 256);
  wholeNumber("minFrequency", plan.minFrequency, 1, Number.MAX_SAFE_INTEGER);
  wholeNumber("maxTokenLength", plan.maxTokenLength, 2, 2 ** 31 - 1);
  wholeNumber("workers", plan.workers, 0, 1024);
  return plan;
}

/** @throws TrainingError if there is no room for so many bytes and the special tokens */
export function checkVocabSize({ vocabSize, specialTokens }: TrainPlan, bytes: number): void {
  const least = bytes + specialTokens.length;
  if (vocabSize >= least) return;
  throw new TrainingError(
    `vocabSize is ${vocabSize}: it must be at least ${least} (${bytes} bytes and ${specialTokens.length} special tokens).`,
  );
}

function checkNames({ specialTokens }: TrainPlan): void {
  const names = new Set<string>();
  for (const token of specialTokens) {
    if (token === "") throw new TrainingError("A special token is empty: give each a text.");
    if (names.has(token)) {
      throw new TrainingError(`The special token ${JSON.stringify(token)} is given twice: name each once.`);
    }
    names.add(token);
  }
}

function oneOf(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new TrainingError(
    `${name} is ${JSON.stringify(value)}: it must be ${choices.map((choice) => `"${choice}"`).join(" or ")}.`,
  );
}

function wholeNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new TrainingError(`${name} is ${value}: it must be a whole number from ${least} to ${most}.`);
}

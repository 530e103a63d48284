import { checkKind, checkMethods, checkOptions, type Kind, type Kinds } from "@llm/platform/options";
import { InvalidOptionError } from "./errors.js";

const fail = (message: string, option: string) => new InvalidOptionError(option, message);

/** Refuses options that `of` does not have, lacks, or cannot use. @throws InvalidOptionError */
export function check<T extends object>(of: string, options: T, kinds: Kinds<T>): void {
  checkOptions(of, options, kinds, fail);
}

/** A copy of options that were checked. One that is null, as JSON sends it, is left out. @throws InvalidOptionError */
export function read<T extends object>(of: string, options: T, kinds: Kinds<T>): T {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  const given = isObject
    ? (Object.fromEntries(
        Object.entries(options).filter(([, value]) => (value ?? undefined) !== undefined),
      ) as T)
    : options;
  check(of, given, kinds);
  return given;
}

/** Refuses an argument that is not of this kind; `what` says which it is. @throws InvalidOptionError */
export function checkArgument(what: string, value: unknown, kind: Kind): void {
  checkKind(what, value, kind, fail);
}

/** Refuses what is no model. @throws InvalidOptionError */
export function checkModel(of: string, model: unknown): void {
  checkMethods(`model of ${of}`, model, ["session"], "pass one such as Gpt of @llm/gpt", fail);
}

/** Refuses a session that cannot hold several texts. @throws InvalidOptionError */
export function checkSession(session: unknown): void {
  const methods = ["step", "length", "fork", "truncate", "free", "dispose"];
  checkMethods(
    "session of the model",
    session,
    methods,
    "a batch needs one as Session of @llm/sample is",
    fail,
  );
}

/** Refuses what is no tokenizer. @throws InvalidOptionError */
export function checkTokenizer(of: string, tokenizer: unknown): void {
  const wanted = "pass one such as Tokenizer of @llm/bpe";
  checkMethods(`tokenizer of ${of}`, tokenizer, ["encode", "decode"], wanted, fail);
}

/** Refuses what is no constraint. @throws InvalidOptionError */
export function checkConstraint(of: string, constraint: unknown): void {
  const wanted = "make one by @llm/sample/constraints";
  checkMethods(`constraint of ${of}`, constraint, ["begin"], wanted, fail);
}

/** Refuses what is no task that can be checked. @throws InvalidOptionError */
export function checkVerifiable(which: string, task: unknown): void {
  checkMethods(which, task, ["check"], "pass { prompt, check(answer) }", fail);
}

/** @throws InvalidOptionError */
export function checkSeed(of: string, seed: number): void {
  if (Number.isSafeInteger(seed)) return;
  throw fail(`seed of ${of} is ${seed}: it must be a whole number between -2^53 and 2^53.`, "seed");
}

/** Refuses what is no number in [0, 1). @throws InvalidOptionError */
export function checkChance(what: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw fail(`${what} is ${value}: it must be a number from 0 to 1, and less than 1`, what.split(" ", 1)[0]!);
}

/** @throws InvalidOptionError */
export function checkCount(option: string, value: number, low: number, endless = false): void {
  if ((Number.isSafeInteger(value) && value >= low) || (endless && value === Number.POSITIVE_INFINITY))
    return;
  throw fail(`${option} is ${value}; it must be an integer of at least ${low}`, option);
}

/** Refuses ids that the model does not know. @throws InvalidOptionError */
export function checkPrompt(ids: readonly number[], vocabSize: number, which = "the prompt"): void {
  if (ids.length === 0) throw fail(`${which} has no tokens: start from the id of <|endoftext|>`, "prompt");
  const stranger = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (stranger === undefined) return;
  throw fail(
    `${which} holds id ${stranger}, and the model knows ids below ${vocabSize}: is this its tokenizer?`,
    "prompt",
  );
}

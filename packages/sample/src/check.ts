import { checkKind, checkMethods, checkOptions, type Kind, type Kinds } from "@llm/platform/options";
import { InvalidOptionError } from "./errors.js";

const fail = (message: string, option: string) => new InvalidOptionError(option, message);

/** Refuses options that `of` does not have, lacks, or cannot use. @throws InvalidOptionError */
export function check<T extends object>(of: string, options: T, kinds: Kinds<T>): void {
  checkOptions(of, options, kinds, fail);
}

/** Refuses an argument that is not of this kind; `what` says which it is. @throws InvalidOptionError */
export function checkArgument(what: string, value: unknown, kind: Kind): void {
  checkKind(what, value, kind, fail);
}

/** Refuses what is no model, and no tokenizer. @throws InvalidOptionError */
export function checkModel(of: string, model: unknown, tokenizer: unknown): void {
  checkMethods(`model of ${of}`, model, ["session"], "pass one such as Gpt of @llm/gpt", fail);
  const wanted = "pass one such as Tokenizer of @llm/bpe";
  checkMethods(`tokenizer of ${of}`, tokenizer, ["encode", "decode"], wanted, fail);
}

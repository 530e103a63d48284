import { checkKind, checkOptions, type Kind, type Kinds } from "@llm/platform/options";
import { OptionsError } from "./errors.js";
import type { EncodeOptions, SpecialChoice } from "./special.js";

const fail = (message: string) => new OptionsError(message);

/** Refuses options that `of` does not have, lacks, or cannot use. @throws OptionsError */
export function check<T extends object>(of: string, options: T, kinds: Kinds<T>): void {
  checkOptions(of, options, kinds, fail);
}

/** Refuses an argument that is not of this kind; `what` says which it is. @throws OptionsError */
export function checkArgument(what: string, value: unknown, kind: Kind): void {
  checkKind(what, value, kind, fail);
}

/** Refuses what is no text. As cheap as it can be: it is called for every text. @throws OptionsError */
export function checkText(of: string, text: unknown): void {
  if (typeof text !== "string") checkKind(`text of ${of}`, text, "string", fail);
}

/** The kinds of {@link EncodeOptions}. */
export const ENCODE: Kinds<EncodeOptions> = {
  allowedSpecial: "string|iterable",
  disallowedSpecial: "string|iterable",
  addSpecialTokens: "boolean",
};

/** Refuses options of encoding, where there are any; a single special token has to be in a list. @throws OptionsError */
export function checkEncode<T extends EncodeOptions>(of: string, options: T, kinds: Kinds<T>): void {
  check(of, options, kinds);
  checkChoice(of, "allowedSpecial", options.allowedSpecial);
  checkChoice(of, "disallowedSpecial", options.disallowedSpecial);
}

function checkChoice(of: string, name: string, choice: SpecialChoice | undefined): void {
  if (typeof choice !== "string" || choice === "all") return;
  const quoted = JSON.stringify(choice);
  throw fail(`${name} of ${of} is ${quoted}: it must be "all" or a list of tokens, such as [${quoted}].`);
}

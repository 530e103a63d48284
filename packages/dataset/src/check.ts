import { checkKind, checkMethods, checkOptions, type Kind, type Kinds } from "@llm/platform/options";

/** An option or argument that a function does not have, lacks, or cannot use. */
export class OptionsError extends RangeError {
  override readonly name = "OptionsError";
}

const fail = (message: string) => new OptionsError(message);

/** Refuses options that `of` does not have, lacks, or cannot use. @throws OptionsError */
export function check<T extends object>(of: string, options: T, kinds: Kinds<T>): void {
  checkOptions(of, options, kinds, fail);
}

/** Refuses an argument that is not of this kind; `what` says which it is. @throws OptionsError */
export function checkArgument(what: string, value: unknown, kind: Kind): void {
  checkKind(what, value, kind, fail);
}

/** Refuses what lacks one of these methods. @throws OptionsError */
export function checkHas(what: string, value: unknown, methods: readonly string[], wayOut: string): void {
  checkMethods(what, value, methods, wayOut, fail);
}

/** Refuses what is no source, or what makes one anew. @throws OptionsError */
export function checkContent(of: string, source: unknown): void {
  if (typeof source === "object" && source !== null) return;
  checkKind(`source of ${of}`, source, "function", (message) =>
    fail(message.replace("a function", "bytes, an iterable of them, or a function that gives them")),
  );
}

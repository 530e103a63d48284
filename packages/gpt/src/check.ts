import { checkKind, checkOptions, type Kind, type Kinds, shown } from "@llm/platform/options";
import { OptionsError } from "./errors.js";

const fail = (message: string) => new OptionsError(message);

/** Refuses options that `of` does not have, lacks, or cannot use. @throws {OptionsError} */
export function check<T extends object>(of: string, options: T, kinds: Kinds<T>): void {
  checkOptions(of, options, kinds, fail);
}

/** Refuses an argument that is not of this kind; `what` says which it is. @throws {OptionsError} */
export function checkArgument(what: string, value: unknown, kind: Kind): void {
  checkKind(what, value, kind, fail);
}

/** Refuses what is not a tensor. @throws {OptionsError} */
export function checkTensor(what: string, value: unknown): void {
  const { shape, dtype } = Object(value) as { shape?: unknown; dtype?: unknown };
  if (Array.isArray(shape) && typeof dtype === "string") return;
  throw fail(`${what} is ${shown(value)}: it must be a Tensor, such as tensor(ids, [B, T], "int32").`);
}

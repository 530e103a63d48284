import { checkArgument } from "../check.js";
import type { Document } from "../document.js";
import { length } from "../text/python.js";

/**
 * Which document of a cluster stays:
 * - `"first"`: the first, by position;
 * - `"longest"`: the one of the most characters (code points), the first of several;
 * - `{ priority }`: the one of the highest number, the first of several; the number is what a function says, or a field of `meta`;
 * - `"datatrove"`: the one at which datatrove's union of pairs ends, for the same bytes as there.
 */
export type SurvivorPolicy =
  | "first"
  | "longest"
  | "datatrove"
  | { readonly priority: string | ((document: Document) => number) };

const POLICIES = ["first", "longest", "datatrove"];

/** Refuses the name of no policy. @throws OptionsError */
export function checkPolicy(of: string, policy: unknown, names: readonly string[] = POLICIES): void {
  if (typeof policy === "string") checkArgument(`policy of ${of}`, policy, names);
}

/** A document whose priority is no number. */
export class PriorityError extends Error {
  override readonly name = "PriorityError";
  /** The document's id. */
  readonly id: string;

  constructor(id: string, value: unknown) {
    super(
      `the priority of document "${id}" is ${JSON.stringify(value)}: give a function that answers a number for each`,
    );
    this.id = id;
  }
}

/** What a policy prefers the higher of; undefined where it goes by position. @throws PriorityError from the function */
export function scoreOf(policy: SurvivorPolicy): ((document: Document) => number) | undefined {
  if (policy === "longest") return ({ text }) => length(text);
  if (typeof policy === "string") return undefined;
  const { priority } = policy;
  return (document) => {
    const value = typeof priority === "string" ? document.meta[priority] : priority(document);
    if (typeof value !== "number" || Number.isNaN(value)) throw new PriorityError(document.id, value);
    return value;
  };
}

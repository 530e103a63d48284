import type { ByteList } from "./byte-list.js";
import type { ByteSet } from "./byte-set.js";
import type { CharacterDfa } from "./character-dfa.js";
import type { Counts } from "./counts.js";
import type { Dfa } from "./dfa.js";

/**
 * A set of byte strings, described. What may follow a text is such a term too: the derivative of what might follow the text
 * before its last byte (Brzozowski 1964).
 */
export type Term = { readonly id: number; readonly nullable: boolean } & (
  | { readonly kind: "nothing" }
  | { readonly kind: "empty" }
  | { readonly kind: "bytes"; readonly set: ByteSet }
  | { readonly kind: "chain"; readonly first: Term; readonly rest: Term }
  | { readonly kind: "either"; readonly terms: readonly Term[] }
  | { readonly kind: "repeat"; readonly term: Term; readonly min: number; readonly max: number }
  | { readonly kind: "both"; readonly terms: readonly Term[] }
  | { readonly kind: "not"; readonly term: Term }
  | { readonly kind: "dfa"; readonly dfa: Dfa; readonly state: number }
  | {
      readonly kind: "counted";
      readonly characters: CharacterDfa;
      readonly state: number;
      readonly counts: Counts;
    }
  | ListTerm
  | { readonly kind: "rule"; readonly rule: Rule }
);

/** Of the entries of a list from `low` to `high`, those with a number from `from` to `to`: what follows their first `at` bytes. */
export interface ListTerm {
  readonly kind: "list";
  readonly list: ByteList<Term>;
  readonly low: number;
  readonly high: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** A term by name, which can hold itself. It never holds the empty text. */
export interface Rule {
  /** Set once, after terms that name it were made. */
  body: Term | undefined;
}

/** No text at all, and the empty text alone: those of all terms. */
export const NOTHING: Term = { id: 0, nullable: false, kind: "nothing" };
export const EMPTY: Term = { id: 1, nullable: true, kind: "empty" };

/** Each term within a term, and within the rules that it names, once. */
export function* parts(root: Term): Generator<Term> {
  const seen = new Set<Term | Rule | ByteList<Term>>();
  const todo: Term[] = [root];
  for (let term = todo.pop(); term; term = todo.pop()) {
    const key = term.kind === "rule" ? term.rule : term.kind === "list" ? term.list : term;
    if (seen.has(key)) continue;
    seen.add(key);
    yield term;
    if (term.kind === "chain") todo.push(term.first, term.rest);
    else if (term.kind === "either" || term.kind === "both") todo.push(...term.terms);
    else if (term.kind === "repeat" || term.kind === "not") todo.push(term.term);
    else if (term.kind === "rule" && term.rule.body) todo.push(term.rule.body);
    else if (term.kind === "list") todo.push(...term.list.rests);
  }
}

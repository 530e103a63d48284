import { living } from "../determinise.js";
import type { JsonText } from "../json-text.js";
import { EMPTY, NOTHING, type Term } from "../term.js";

/** A property that an object may have. */
export interface Property {
  readonly name: string;
  readonly value: Term;
  readonly isRequired: boolean;
}

/** Properties that are not named. */
export interface Extras {
  /** What their names may be, in the spelling of `JSON.stringify`. */
  readonly names: Term | undefined;
  readonly value: Term;
}

const ENDLESS = Number.POSITIVE_INFINITY;

/** Objects with these properties, in this order, and others behind them. */
export function objectTerm(json: JsonText, properties: readonly Property[], extras: Extras): Term {
  const { terms, blanks } = json;
  const end = json.token("}");
  const comma = terms.chain(json.token(","), blanks);
  const names = properties.map(({ name }) => spelledName(name));
  const lastRequired = properties.findLastIndex(({ isRequired }) => isRequired);
  const extra = extraMember(json, names, extras);
  const more = terms.sequence(terms.repeat(terms.sequence(blanks, comma, extra), 0, ENDLESS), blanks, end);

  /** What follows the property before number `i`, by `i`: found from the end. */
  const after: Term[] = [];
  const keys: Term[] = [];
  const member = (i: number): Term =>
    terms.sequence(blanks, json.token(":"), blanks, properties[i]!.value, after[i + 1]!);
  for (let i = properties.length; i >= 0; i--) {
    const next: (readonly [Uint8Array, Term])[] = [];
    for (let j = i; j < properties.length; j++) {
      next.push([names[j]!, member(j)]);
      if (properties[j]!.isRequired) break;
    }
    const mayEnd = i > lastRequired;
    const possible = next.filter(([, rest]) => rest !== NOTHING);
    keys[i] = terms.either([terms.trie(possible), mayEnd ? terms.chain(extra, more) : NOTHING]);
    const others = terms.chain(comma, keys[i]!);
    after[i] = terms.chain(blanks, terms.either([mayEnd ? end : NOTHING, others]));
  }
  const first = terms.either([lastRequired < 0 ? end : NOTHING, keys[0]!]);
  return terms.sequence(json.token("{"), blanks, first);
}

/** A name with its quotation marks. */
export function spelledName(name: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(name));
}

/** A property that is not among those with these names. */
function extraMember(json: JsonText, names: readonly Uint8Array[], { names: own, value }: Extras): Term {
  const { terms } = json;
  if (value === NOTHING) return NOTHING;
  if (names.length === 0 && !own) return json.member(json.string(), value);
  const content = own ?? json.spelling.anything;
  const taken = terms.trie(names.map((name) => [name.subarray(1, -1), EMPTY] as const));
  const free = names.length === 0 ? content : terms.both([content, terms.not(taken)]);
  return json.member(json.quoted(living(terms, free)), value);
}

import { ByteList } from "../byte-list.js";
import { without } from "../determinise.js";
import type { JsonText } from "../json-text.js";
import { NOTHING, type Term } from "../term.js";

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
  const extra = extraMember(json, names, extras);
  const more = terms.sequence(terms.repeat(terms.sequence(blanks, comma, extra), 0, ENDLESS), blanks, end);

  const possible = properties.filter(({ value }) => value !== NOTHING);
  const list = new ByteList<Term>(possible.map(({ name }) => spelledName(name)));
  const lastRequired = possible.findLastIndex(({ isRequired }) => isRequired);

  /** What follows the property before number `i`: found from the end, up to the next one that is required. */
  let nextRequired = possible.length - 1;
  let after = terms.chain(blanks, terms.either([end, terms.chain(comma, terms.chain(extra, more))]));
  let keys = terms.chain(extra, more);
  for (let i = possible.length - 1; i >= 0; i--) {
    if (possible[i]!.isRequired) nextRequired = i;
    list.follow(i, terms.sequence(blanks, json.token(":"), blanks, possible[i]!.value, after));
    keys = terms.either([
      terms.list(list, 0, possible.length, 0, i, nextRequired + 1),
      i > lastRequired ? terms.chain(extra, more) : NOTHING,
    ]);
    after = terms.chain(blanks, terms.either([i > lastRequired ? end : NOTHING, terms.chain(comma, keys)]));
  }
  const first = terms.either([lastRequired < 0 ? end : NOTHING, keys]);
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
  const texts = names.map((name) => name.subarray(1, -1));
  return json.member(json.quoted(without(terms, content, texts)), value);
}

import { Alphabet } from "./alphabet.js";
import { CharacterDfa } from "./character-dfa.js";
import { ALL, type CodePoints } from "./code-points.js";
import { type Counts, within } from "./counts.js";
import { automatic, determinise, hasConditions, living } from "./determinise.js";
import {
  expressionTerm,
  isAnchored,
  type Letters,
  lengthsOf,
  MAX_PLACES,
  placesOf,
  setsOf,
} from "./expression.js";
import type { Expression } from "./expression-parser.js";
import { SpelledDfa } from "./spelled-dfa.js";
import type { Spelling } from "./spelling.js";
import { NOTHING, type Term } from "./term.js";
import { Terms } from "./terms.js";

const ENDLESS = Number.POSITIVE_INFINITY;

/** More repetitions of a character are counted: each count is no place of its own. */
const MAX_PLAIN = 8;

/** What may be spent on an automaton over symbols where one could do without. */
const MAX_SYMBOLIC = 30_000;

/** What texts are wanted. */
export interface Language {
  readonly expressions: readonly Expression[];
  /** Whether expressions are found in the texts, or (default) match them from one end to the other. */
  readonly search?: boolean;
  /** In characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
}

/**
 * The texts that all of some expressions describe. Their automaton is made over symbols, which are few, and then spelled in
 * bytes. @throws ConstraintError where it is too large
 */
export function languageTerm(spelling: Spelling, language: Language): Term {
  const { expressions, search = false, minLength = 0, maxLength = ENDLESS } = language;
  const { terms } = spelling;
  const hasLength = expressions.some((expression) => {
    const [min, max] = lengthsOf(expression);
    return isAnchored(expression) && min >= minLength && max <= maxLength;
  });
  const lengths = hasLength ? [0, ENDLESS] : [minLength, maxLength];
  const isLarge = expressions.some((expression) => placesOf(expression) > MAX_PLACES);
  const all = (into: Terms, letters: Letters) => [
    ...expressions.map((expression) => expressionTerm(into, expression, letters, search)),
    ...(expressions.length === 0 ? [letters.anything] : []),
  ];
  const inBytes = () => terms.both(all(terms, byteLetters(spelling)));

  const alphabet = Alphabet.of(
    new Set(expressions.flatMap((expression) => [...setsOf(expression)])),
    terms.work,
  );
  if (!alphabet) {
    const { character } = spelling;
    const texts = isFree(lengths) ? [] : [terms.repeat(character, minLength, maxLength)];
    const term = terms.both([inBytes(), ...texts]);
    if (isLarge) return automatic(terms, term);
    return terms.work.tried(MAX_SYMBOLIC, () => automatic(terms, term)) ?? living(terms, term);
  }

  const symbols = new Terms(terms.work);
  const { term, counts } = uncounted(
    symbols,
    symbols.both(all(symbols, symbolLetters(symbols, alphabet))),
    lengths,
  );
  const mustBeWhole = isLarge || !isFree(counts) || hasConditions(term);
  const make = () => determinise(symbols, term);
  const symbolic = mustBeWhole ? make() : terms.work.tried(MAX_SYMBOLIC, make);
  if (!symbolic) return mustBeWhole ? NOTHING : inBytes();
  const dfa = new SpelledDfa(terms.work, symbolic, spelling.tree(alphabet));
  if (isFree(counts)) return terms.dfa(dfa, dfa.start);
  const characters = new CharacterDfa(dfa);
  characters.check(counts);
  return terms.counted(characters, dfa.start, counts);
}

/** Lengths that sets of characters are repeated by, where all of a text must be of such a set: any number of them, and its counts. */
function uncounted(terms: Terms, term: Term, lengths: Counts): { term: Term; counts: Counts } {
  let counts = lengths;
  const all = (term.kind === "both" ? term.terms : [term]).map((each) => {
    if (each.kind !== "repeat" || each.term.kind !== "bytes") return each;
    const { min, max } = each;
    if (isFree(counts) && isPlain(min, max)) return each;
    counts = within(counts, min, max);
    return terms.repeat(each.term, 0, ENDLESS);
  });
  return counts.length > 0 ? { term: terms.both(all), counts } : { term: NOTHING, counts: lengths };
}

/** Whether repetitions are so few that they need no counts. */
function isPlain(min: number, max: number): boolean {
  return Math.max(min, max < ENDLESS ? max : 0) <= MAX_PLAIN;
}

function isFree([min, max]: Counts): boolean {
  return min === 0 && max === ENDLESS;
}

/** Characters as symbols, which stand in sets of bytes. */
function symbolLetters(terms: Terms, alphabet: Alphabet): Letters {
  const known = new Map<CodePoints, Term>();
  const characters = (set: CodePoints) => {
    const term = known.get(set) ?? terms.bytes(alphabet.symbolsOf(set));
    known.set(set, term);
    return term;
  };
  return {
    characters,
    repeated: (set, min, max) => terms.repeat(characters(set), min, max),
    anything: terms.repeat(characters(ALL), 0, ENDLESS),
  };
}

/** Characters as what spells them. */
function byteLetters(spelling: Spelling): Letters {
  const { terms } = spelling;
  const characters = (set: CodePoints) => spelling.characters(set);
  const repeated = (set: CodePoints, min: number, max: number): Term => {
    if (isPlain(min, max)) return terms.repeat(characters(set), min, max);
    const node: Expression = { kind: "repeat", node: { kind: "set", points: set }, min, max };
    return languageTerm(spelling, { expressions: [node] });
  };
  return { characters, repeated, anything: spelling.anything };
}

import type { ConstrainedText, Constraint } from "../constraint.js";
import type { Tokenizer } from "../types.js";
import { Automaton, DEAD } from "./automaton.js";
import { ConstraintError } from "./errors.js";
import { Masks } from "./masks.js";
import { EMPTY, NOTHING, type Term } from "./term.js";
import { Terms } from "./terms.js";
import { Vocabulary } from "./vocabulary.js";
import { Work } from "./work.js";

type Build = (terms: Terms) => Term;

/** A constraint by a term, compiled when it is made. */
export class Grammar implements Constraint {
  /** Makes the term, for constraints that have this one as a part. */
  readonly build: Build;
  readonly #automaton: Automaton;
  readonly #start: Term;
  readonly #masks = new WeakMap<Vocabulary, Masks>();

  /** @throws ConstraintError where no text is left */
  constructor(what: string, build: Build) {
    this.build = build;
    const terms = new Terms(new Work(what));
    this.#start = build(terms);
    if (this.#start === NOTHING) throw new ConstraintError(`no text fits ${what}`);
    this.#automaton = new Automaton(terms, this.#start);
    terms.work.finish();
  }

  begin(tokenizer: Tokenizer): ConstrainedText {
    const vocabulary = Vocabulary.of(tokenizer);
    let masks = this.#masks.get(vocabulary);
    if (!masks) {
      if (this.#automaton.terms.stringCharacter) vocabulary.slice; // so that the first mask need not make it
      masks = new Masks(this.#automaton, vocabulary);
      this.#masks.set(vocabulary, masks);
    }
    return new GrammarText(this.#automaton, masks, vocabulary, this.#start);
  }
}

/** A text in progress: where it stands is a term of what may follow. */
class GrammarText implements ConstrainedText {
  readonly #automaton: Automaton;
  readonly #masks: Masks;
  readonly #vocabulary: Vocabulary;
  #term: Term;

  constructor(automaton: Automaton, masks: Masks, vocabulary: Vocabulary, start: Term) {
    this.#automaton = automaton;
    this.#masks = masks;
    this.#vocabulary = vocabulary;
    this.#term = start;
  }

  get mayEnd(): boolean {
    return this.#term.nullable;
  }

  get isWhole(): boolean {
    return this.#term === EMPTY;
  }

  mask(): Uint32Array {
    return this.#masks.of(this.#term);
  }

  take(id: number): void {
    const automaton = this.#automaton;
    automaton.tidy();
    let state = automaton.stateOf(this.#term);
    for (const byte of this.#vocabulary.tokens[id] ?? []) state = automaton.next(state, byte);
    if (state === DEAD) throw new ConstraintError(`token ${id} cannot come next`);
    this.#term = automaton.termOf(state);
  }
}

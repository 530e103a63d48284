import type { Counts } from "./counts.js";
import { ConstraintError } from "./errors.js";
import type { SpelledDfa } from "./spelled-dfa.js";

/** Counts up to here are looked up where they must be. */
const MAX_LISTED = 10_000;

/**
 * An automaton of whole characters that knows how many of them lead to an end from each state, so that texts of a length need no
 * states of their own for each length.
 */
export class CharacterDfa {
  readonly dfa: SpelledDfa;
  /** By state between characters: the least and the greatest number of characters to an end. */
  readonly #least: Float64Array;
  readonly #greatest: Float64Array;
  /** The most characters that an end is away from a state. */
  readonly #farthest: number;
  /** By state between characters: those that one character leads to. */
  readonly #exits: readonly (readonly number[])[];
  /** By number of characters: 1 for the states between characters from which just so many lead to an end. */
  readonly #exactly: Uint8Array[];

  constructor(dfa: SpelledDfa) {
    this.dfa = dfa;
    this.#exits = Array.from({ length: dfa.size }, (_, state) => dfa.exits(state));
    this.#exactly = [dfa.ends];
    this.#least = this.#distances();
    this.#greatest = this.#lengths();
    this.#farthest = this.#least.reduce(
      (most, each) => (each < Number.POSITIVE_INFINITY ? Math.max(most, each) : most),
      0,
    );
  }

  /** By state between characters: those that one character leads from to it. */
  #before(): number[][] {
    const before: number[][] = this.#exits.map(() => []);
    for (const [state, exits] of this.#exits.entries()) for (const each of exits) before[each]!.push(state);
    return before;
  }

  #distances(): Float64Array {
    const least = new Float64Array(this.#exits.length).fill(Number.POSITIVE_INFINITY);
    const before = this.#before();
    let todo = Array.from(before.keys()).filter((state) => this.dfa.ends[state] === 1);
    for (let distance = 0; todo.length > 0; distance++) {
      const farther: number[] = [];
      for (const state of todo) {
        if (least[state]! <= distance) continue;
        least[state] = distance;
        farther.push(...before[state]!);
      }
      todo = farther;
    }
    return least;
  }

  /** Without an end where a circle can be reached: from every state an end can be, so texts are as long as one likes. */
  #lengths(): Float64Array {
    const greatest = new Float64Array(this.#exits.length).fill(-1);
    // States whose successors are all known: what is never reached in this order leads to a circle.
    const before = this.#before();
    const open = Array.from(before, (_, state) => this.#exits[state]!.length);
    const todo = open.flatMap((count, state) => (count === 0 ? [state] : []));
    for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
      let most = 0;
      for (const each of this.#exits[state]!) most = Math.max(most, greatest[each]! + 1);
      greatest[state] = most;
      for (const each of before[state]!) if (--open[each]! === 0) todo.push(each);
    }
    return greatest.map((most) => (most === -1 ? Number.POSITIVE_INFINITY : most));
  }

  /** @throws ConstraintError for counts that would need too large a list */
  check(counts: Counts): void {
    for (let i = 0; i < counts.length; i += 2) {
      const [min, max] = [counts[i]!, counts[i + 1]!];
      if (max < Number.POSITIVE_INFINITY && max > MAX_LISTED && min > 0 && max - min < this.dfa.size) {
        throw new ConstraintError(
          `lengths of ${min} to ${max} are too near to each other for this expression`,
        );
      }
    }
  }

  /** Whether a text can be ended from a state by a number of characters that is one of these. One that is begun does not count. */
  canEnd(state: number, counts: Counts, taken: number): boolean {
    const states = state < this.dfa.size ? [state] : this.dfa.exits(state);
    for (let i = 0; i < counts.length; i += 2) {
      const max = counts[i + 1]! - taken;
      const min = Math.max(0, counts[i]! - taken);
      if (max >= 0 && states.some((each) => this.#hasLength(each, min, max))) return true;
    }
    return false;
  }

  #hasLength(state: number, min: number, max: number): boolean {
    const least = this.#least[state]!;
    const greatest = this.#greatest[state]!;
    if (max < least || min > greatest) return false;
    if (min <= least || max >= greatest) return true;
    // Lengths without an end: behind three times the number of states some are in any range as wide as that number.
    const { size } = this.dfa;
    if (max - min >= size && max >= 3 * size) return true;
    for (let count = min; count <= max; count++) if (this.#listed(count)[state] === 1) return true;
    return false;
  }

  #listed(count: number): Uint8Array {
    for (let known = this.#exactly.length; known <= count; known++) {
      const before = this.#exactly[known - 1]!;
      this.#exactly.push(Uint8Array.from(this.#exits, (exits) => Number(exits.some((each) => before[each]))));
    }
    return this.#exactly[count]!;
  }

  /** Counts that lead to the same ends wherever up to `most` characters come next. */
  clipped(counts: Counts, most: number): Counts {
    const { size } = this.dfa;
    const clipped: number[] = [];
    for (let i = 0; i < counts.length; i += 2) {
      let [min, max] = [counts[i]!, counts[i + 1]!];
      if (min === 0) {
        if (max >= most + this.#farthest) max = Number.POSITIVE_INFINITY;
      } else if (max - min >= size) {
        min = Math.min(min, most + 2 * size);
        if (max >= most + 3 * size) max = Number.POSITIVE_INFINITY;
      }
      clipped.push(min, max);
    }
    return clipped;
  }
}

import { Dfa } from "./dfa.js";
import type { SpellingTree } from "./spelling-tree.js";
import type { Work } from "./work.js";

/** An automaton over symbols, spelled in bytes. */
export interface Spelled {
  /** Its first states are those of the automaton over symbols, with their numbers; the others are within a character. */
  readonly dfa: Dfa;
  /** By state: the states between characters that the end of this character, or one character, leads to. */
  readonly exits: readonly (readonly number[])[];
  /** How many of the states are between characters. */
  readonly between: number;
}

/** Puts the tree of symbols in the place of each step: what leads to the same states within a character is there once. */
export function spelled(work: Work, symbolic: Dfa, tree: SpellingTree): Spelled {
  const { dead } = symbolic;
  const between = symbolic.ends.length;
  const { classes, symbols, table: places } = tree;
  const width = classes.examples.length;
  const rows: Int32Array[] = [];
  const exits: (readonly number[])[] = [];
  const known = new Map<string, number>();
  const own = new Int32Array(symbols.length);
  let to: readonly number[] = []; // by symbol

  /** The state within a character at a node, or `dead` where nothing leads on. */
  const stateAt = (node: number): number => {
    if (own[node] !== -1) return own[node]!;
    const next = symbols[node]!.map((symbol) => to[symbol]!);
    const key = `${node},${next.join()}`;
    let state = known.get(key);
    if (state === undefined) {
      const living = new Set(next);
      living.delete(dead);
      state = living.size === 0 ? dead : begin([...living]);
      known.set(key, state);
      if (state !== dead) fill(state, node);
    }
    own[node] = state;
    return state;
  };
  const begin = (ways: readonly number[]): number => {
    work.spend(width >> 3);
    exits.push(ways);
    return rows.push(new Int32Array(width).fill(dead)) - 1;
  };
  const fill = (state: number, node: number): void => {
    const row = rows[state]!;
    for (let kind = 0; kind < width; kind++) {
      const place = places[node * width + kind]!;
      if (place !== 0) row[kind] = place < 0 ? to[~place]! : stateAt(place);
    }
  };

  const steps = Array.from({ length: between }, (_, state) =>
    Array.from(symbols[0]!, (symbol) => symbolic.next(state, symbol)),
  );
  for (const ways of steps) {
    const living = new Set(ways);
    living.delete(dead);
    begin([...living]);
  }
  for (const [state, ways] of steps.entries()) {
    if (state === dead) continue;
    to = ways;
    own.fill(-1);
    fill(state, 0);
  }
  const table = new Int32Array(rows.length * width);
  for (const [state, row] of rows.entries()) table.set(row, state * width);
  const ends = new Uint8Array(rows.length);
  ends.set(symbolic.ends);
  return { dfa: new Dfa({ start: symbolic.start, dead, classes, table, ends }), exits, between };
}

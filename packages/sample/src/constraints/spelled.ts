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
  const exits: (readonly number[])[] = [];
  let table = new Int32Array(2 * between * width);
  const known = new Map<number | string, number>();
  const own = new Int32Array(symbols.length);
  const to = new Int32Array(symbols[0]!.length); // by symbol
  const alone = Array.from({ length: between }, (_, state): readonly number[] => [state]);

  const begin = (ways: readonly number[]): number => {
    work.spend(width >> 3);
    const state = exits.push(ways) - 1;
    if (exits.length * width > table.length) {
      const longer = new Int32Array(table.length * 2);
      longer.set(table);
      table = longer;
    }
    table.fill(dead, state * width, exits.length * width);
    return state;
  };
  const fill = (state: number, node: number): void => {
    for (let kind = 0; kind < width; kind++) {
      const place = places[node * width + kind]!;
      if (place === 0) continue;
      const next = place < 0 ? to[~place]! : own[place] === -1 ? stateAt(place) : own[place]!;
      table[state * width + kind] = next;
    }
  };
  /** The state within a character at a node, or `dead` where nothing leads on. */
  const stateAt = (node: number): number => {
    const spelt = symbols[node]!;
    const isSimple = spelt.length === 1;
    const key = isSimple
      ? node * between + to[spelt[0]!]!
      : `${node},${spelt.map((symbol) => to[symbol]!).join()}`;
    let state = known.get(key);
    if (state === undefined) {
      const ways = isSimple ? livingOf(to[spelt[0]!]!) : living(spelt);
      state = ways.length === 0 ? dead : begin(ways);
      known.set(key, state);
      if (state !== dead) fill(state, node);
    }
    own[node] = state;
    return state;
  };
  const livingOf = (state: number): readonly number[] => (state === dead ? [] : alone[state]!);
  const living = (some: readonly number[]): readonly number[] => {
    const found = new Set<number>();
    for (const symbol of some) if (to[symbol] !== dead) found.add(to[symbol]!);
    return found.size === 1 ? alone[[...found][0]!]! : [...found];
  };
  const step = (state: number): void => {
    for (const symbol of symbols[0]!) to[symbol] = symbolic.next(state, symbol);
  };

  for (let state = 0; state < between; state++) {
    step(state);
    begin(living(symbols[0]!));
  }
  for (let state = 0; state < between; state++) {
    if (state === dead) continue;
    step(state);
    own.fill(-1);
    fill(state, 0);
  }
  const ends = new Uint8Array(exits.length);
  ends.set(symbolic.ends);
  const dfa = new Dfa({
    start: symbolic.start,
    dead,
    classes,
    table: table.slice(0, exits.length * width),
    ends,
  });
  return { dfa, exits, between };
}

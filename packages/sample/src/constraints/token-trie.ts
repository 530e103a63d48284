import { type Automaton, DEAD, UNKNOWN } from "./automaton.js";
import { compareBytes } from "./byte-list.js";
import type { Term } from "./term.js";

/** The bytes of tokens as a tree in one row, each node before those below it, so that a walk skips what an automaton refuses. */
export class TokenTrie {
  /** By node: the byte that leads to it, how far down it is, the first node that is not below it, and its token or -1. */
  readonly #bytes: Uint8Array;
  readonly #depths: Uint16Array;
  readonly ends: Int32Array;
  readonly #tokens: Int32Array;
  /** By token: another one of the same bytes, or -1. */
  readonly #same: Int32Array;
  /** The state on the way to each depth of a walk. */
  readonly #path: Int32Array;
  /** The characters on the way. */
  readonly #counts: Int32Array;
  readonly size: number;
  /** The longest token's number of bytes. */
  readonly depth: number;

  /** @param tokens the bytes of each id; ids without any are never allowed */
  constructor(tokens: readonly (Uint8Array | undefined)[]) {
    const order = Array.from(tokens.keys()).filter((id) => (tokens[id]?.length ?? 0) > 0);
    order.sort((a, b) => compareBytes(tokens[a]!, tokens[b]!) || a - b);
    const most = order.reduce((sum, id) => sum + tokens[id]!.length, 0);
    const bytes = new Uint8Array(most);
    const depths = new Uint16Array(most);
    const ends = new Int32Array(most);
    const found = new Int32Array(most).fill(-1);
    this.#same = new Int32Array(tokens.length).fill(-1);
    const open: number[] = []; // the nodes on the way to the last one
    let size = 0;
    let before = new Uint8Array(0);
    for (const id of order) {
      const token = tokens[id]!;
      let shared = 0;
      while (shared < before.length && before[shared] === token[shared]) shared++;
      while (open.length > shared) ends[open.pop()!] = size;
      for (let depth = shared; depth < token.length; depth++) {
        bytes[size] = token[depth]!;
        depths[size] = depth;
        open.push(size++);
      }
      const node = open.at(-1)!;
      this.#same[id] = found[node]!;
      found[node] = id;
      before = token as typeof before;
    }
    while (open.length > 0) ends[open.pop()!] = size;
    this.size = size;
    this.#bytes = bytes.slice(0, size);
    this.#depths = depths.slice(0, size);
    this.ends = ends.slice(0, size);
    this.#tokens = found.slice(0, size);
    this.depth = order.reduce((longest, id) => Math.max(longest, tokens[id]!.length), 0);
    this.#path = new Int32Array(this.depth + 1);
    this.#counts = new Int32Array(this.depth + 1);
  }

  #mark(node: number, mask: Uint32Array): void {
    for (let id = this.#tokens[node]!; id >= 0; id = this.#same[id]!) mask[id >> 5]! |= 1 << (id & 31);
  }

  /** Sets the bits of tokens of the nodes from `start` to `end` that an automaton can read from this state on. */
  allow(automaton: Automaton, state: number, start: number, end: number, mask: Uint32Array): void {
    const bytes = this.#bytes;
    const depths = this.#depths;
    const path = this.#path;
    const { of } = automaton.classes;
    const width = automaton.width;
    let { table } = automaton;
    const above = depths[start]!;
    path[0] = state;
    for (let node = start; node < end; ) {
      const depth = depths[node]! - above;
      const kind = of[bytes[node]!]!;
      let next = table[path[depth]! * width + kind]!;
      if (next === UNKNOWN) {
        next = automaton.follow(path[depth]!, kind);
        table = automaton.table;
      }
      if (next === DEAD) {
        node = this.ends[node]!;
        continue;
      }
      path[depth + 1] = next;
      if (this.#tokens[node]! >= 0) this.#mark(node, mask);
      node++;
    }
  }

  /** Sets the bits of tokens within an automaton's texts: the nodes at which one of these ends, and more may follow. */
  allowDfa({ dfa, state }: Term & { kind: "dfa" }, start: number, end: number, mask: Uint32Array): number[] {
    const bytes = this.#bytes;
    const depths = this.#depths;
    const path = this.#path;
    const { table, dead, width, ends } = dfa;
    const { of } = dfa.classes;
    const above = depths[start]!;
    const found: number[] = [];
    path[0] = state;
    for (let node = start; node < end; ) {
      const depth = depths[node]! - above;
      const next = table[path[depth]! * width + of[bytes[node]!]!]!;
      if (next === dead) {
        node = this.ends[node]!;
        continue;
      }
      path[depth + 1] = next;
      if (this.#tokens[node]! >= 0) this.#mark(node, mask);
      if (ends[next] === 1 && node + 1 < this.ends[node]!) found.push(node);
      node++;
    }
    return found;
  }

  /** The same for texts of so many characters. */
  allowCounted(
    { characters, state, counts }: Term & { kind: "counted" },
    start: number,
    end: number,
    mask: Uint32Array,
  ): number[] {
    const bytes = this.#bytes;
    const depths = this.#depths;
    const path = this.#path;
    const taken = this.#counts;
    const { isBetween, dfa } = characters;
    const { table, dead, width, ends } = dfa;
    const { of } = dfa.classes;
    const above = depths[start]!;
    const isFree = counts.length === 2 && counts[0] === 0 && counts[1] === Number.POSITIVE_INFINITY;
    const found: number[] = [];
    path[0] = state;
    taken[0] = 0;
    for (let node = start; node < end; ) {
      const depth = depths[node]! - above;
      const before = path[depth]!;
      const next = table[before * width + of[bytes[node]!]!]!;
      const count = taken[depth]! + isBetween[before]!;
      if (next === dead || !(isFree || characters.canEnd(next, counts, count))) {
        node = this.ends[node]!;
        continue;
      }
      path[depth + 1] = next;
      taken[depth + 1] = count;
      if (this.#tokens[node]! >= 0) this.#mark(node, mask);
      if (ends[next] === 1 && node + 1 < this.ends[node]! && includes(counts, count)) found.push(node);
      node++;
    }
    return found;
  }

  /** Sets the bits of tokens within a list's entries, and says of those that end where tokens go on below. */
  allowList(
    term: Term & { kind: "list" },
    start: number,
    end: number,
    mask: Uint32Array,
    onEnd: (rest: Term, start: number, end: number) => void,
  ): void {
    const { list, from, to } = term;
    const { entries, numbers, rests } = list;
    const isIn = (place: number) => numbers[place]! >= from && numbers[place]! < to;
    const visit = (low: number, high: number, at: number, first: number, last: number): void => {
      let place = low;
      for (let node = first; node < last && place < high; ) {
        const byte = this.#bytes[node]!;
        const own = entries[place]![at]!;
        if (own > byte) {
          node = this.ends[node]!;
          continue;
        }
        const next = list.runEnd(place, high, at, own);
        if (own === byte) {
          const below = this.ends[node]!;
          let some = place;
          while (some < next && !isIn(some)) some++;
          if (some < next) this.#mark(node, mask);
          if (some < next && node + 1 < below) {
            for (; place < next && entries[place]!.length === at + 1; place++) {
              if (isIn(place)) onEnd(rests[place]!, node + 1, below);
            }
            if (place < next) visit(place, next, at + 1, node + 1, below);
          }
          node = below;
        }
        place = next;
      }
    };
    visit(term.low, term.high, term.at, start, end);
  }
}

function includes(counts: readonly number[], count: number): boolean {
  for (let i = 0; i < counts.length; i += 2) if (counts[i]! <= count && count <= counts[i + 1]!) return true;
  return false;
}

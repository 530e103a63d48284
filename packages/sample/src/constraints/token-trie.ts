import { type Automaton, DEAD, UNKNOWN } from "./automaton.js";
import { compareBytes } from "./byte-list.js";
import type { CharacterDfa } from "./character-dfa.js";
import type { Dfa, Run } from "./dfa.js";
import type { Term } from "./term.js";

const ASCII_WORDS = 4;

/** Fewer nodes are walked as fast as it is seen that they need not be. */
const MIN_RUN = 4;

/** The ways of tokens in an automaton of characters. */
export interface Reach {
  /** How much there is to keep. */
  readonly size: number;
  /** Tokens that lead to the same state by the same number of characters. */
  readonly groups: readonly { readonly state: number; readonly count: number; readonly ids: Int32Array }[];
  /** Nodes behind the end of a text, each followed by the text's number of characters. */
  readonly exits: readonly number[];
}

/** The bytes of tokens as a tree in one row, each node before those below it, so that a walk skips what an automaton refuses. */
export class TokenTrie {
  /** By node: the byte that leads to it, how far down it is, the first node that is not below it, and its token or -1. */
  readonly #bytes: Uint8Array;
  readonly #depths: Uint16Array;
  readonly ends: Int32Array;
  readonly #tokens: Int32Array;
  /** The tokens in the order of nodes, and by node: the place of the first one that is at it or behind. */
  readonly #order: Int32Array;
  readonly #first: Int32Array;
  /** By node: the bytes below 128 that come below it, a bit each, and 1 where others do. */
  readonly #below: Int32Array;
  readonly #isWide: Uint8Array;
  /** By node: the most bytes that come below it. */
  readonly #heights: Uint16Array;
  /** Tokens on the ways that are looked at, and their groups. */
  readonly #ids: Int32Array;
  readonly #groups: Int32Array;
  /** By token: its number of bytes. */
  readonly #lengths: Uint16Array;
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
    const first = new Int32Array(most + 1);
    let size = 0;
    let before = new Uint8Array(0);
    for (const [at, id] of order.entries()) {
      const token = tokens[id]!;
      let shared = 0;
      while (shared < before.length && before[shared] === token[shared]) shared++;
      while (open.length > shared) ends[open.pop()!] = size;
      for (let depth = shared; depth < token.length; depth++) {
        bytes[size] = token[depth]!;
        depths[size] = depth;
        first[size] = at;
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
    first[size] = order.length;
    this.#order = Int32Array.from(order);
    this.#ids = new Int32Array(order.length);
    this.#groups = new Int32Array(order.length);
    this.#lengths = Uint16Array.from(tokens, (token) => token?.length ?? 0);
    this.#first = first.slice(0, size + 1);
    this.#below = new Int32Array(size * ASCII_WORDS);
    this.#isWide = new Uint8Array(size);
    this.#heights = new Uint16Array(size);
    this.#collect();
    this.#path = new Int32Array(this.depth + 1);
    this.#counts = new Int32Array(this.depth + 1);
  }

  /** What comes below each node, from the last one on. */
  #collect(): void {
    const below = this.#below;
    for (let node = this.size - 1; node >= 0; node--) {
      // Children come after their parent: those of this node are done.
      for (let child = node + 1; child < this.ends[node]!; child = this.ends[child]!) {
        const byte = this.#bytes[child]!;
        if (byte < 128) below[node * ASCII_WORDS + (byte >> 5)]! |= 1 << (byte & 31);
        if (byte >= 128 || this.#isWide[child] === 1) this.#isWide[node] = 1;
        this.#heights[node] = Math.max(this.#heights[node]!, this.#heights[child]! + 1);
        for (let i = 0; i < ASCII_WORDS; i++)
          below[node * ASCII_WORDS + i]! |= below[child * ASCII_WORDS + i]!;
      }
    }
  }

  /** Whether all that comes below a node, of ASCII alone, is within a run, and nothing that ends in between is gone on from. */
  #isWithin(node: number, { bytes, length, hasEnd }: Run, beginnings: Uint8Array): boolean {
    if (this.#heights[node]! > length) return false;
    const at = node * ASCII_WORDS;
    for (let i = 0; i < ASCII_WORDS; i++) if ((this.#below[at + i]! & ~bytes[i]!) !== 0) return false;
    if (!hasEnd) return true;
    for (let byte = 0; byte < 128; byte++) {
      if (beginnings[byte] === 1 && ((this.#below[at + (byte >> 5)]! >>> (byte & 31)) & 1) === 1)
        return false;
    }
    return true;
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

  /**
   * Sets the bits of tokens within an automaton's texts.
   * @param beginnings 1 for the bytes that what follows the texts begins with
   * @returns the nodes behind the end of a text that have such a byte
   */
  allowDfa(
    dfa: Dfa,
    state: number,
    beginnings: Uint8Array,
    start: number,
    end: number,
    mask: Uint32Array,
  ): number[] {
    const bytes = this.#bytes;
    const depths = this.#depths;
    const path = this.#path;
    const { table, dead, width, ends, size } = dfa;
    const { of } = dfa.classes;
    const above = depths[start]!;
    const exits: number[] = [];
    path[0] = state;
    for (let node = start; node < end; ) {
      const depth = depths[node]! - above;
      const byte = bytes[node]!;
      const before = path[depth]!;
      const kind = of[byte]!;
      const next = before < size ? table[before * width + kind]! : dfa.follow(before, kind);
      if (before < size && ends[before] === 1 && beginnings[byte] === 1) exits.push(node);
      if (next === dead) {
        node = this.ends[node]!;
        continue;
      }
      const below = this.ends[node]!;
      const isNarrow = below > node + MIN_RUN && this.#isWide[node] === 0;
      if (isNarrow && this.#isWithin(node, dfa.run(next), beginnings)) {
        const last = this.#first[below]!;
        for (let i = this.#first[node]!; i < last; i++) {
          const id = this.#order[i]!;
          mask[id >> 5]! |= 1 << (id & 31);
        }
        node = below;
        continue;
      }
      path[depth + 1] = next;
      if (this.#tokens[node]! >= 0) this.#mark(node, mask);
      node++;
    }
    return exits;
  }

  /** The same for an automaton of characters, however many of them there are. */
  reach({ dfa }: CharacterDfa, state: number, beginnings: Uint8Array, start: number, end: number): Reach {
    const bytes = this.#bytes;
    const depths = this.#depths;
    const path = this.#path;
    const taken = this.#counts;
    const { table, dead, width, ends, size: between } = dfa;
    const { of } = dfa.classes;
    const above = depths[start]!;
    const order = this.#order;
    const first = this.#first;
    const exits: number[] = [];
    const ids = this.#ids;
    const groupOf = this.#groups;
    const groups: { state: number; count: number; size: number }[] = [];
    const rows = new Map<number, Int32Array>(); // by state: the group of each count, and one more
    let size = 0;
    const add = (after: number, count: number, id: number): void => {
      let row = rows.get(after);
      if (!row) {
        row = new Int32Array(this.depth + 1);
        rows.set(after, row);
      }
      row[count] ||= groups.push({ state: after, count, size: 0 });
      const group = row[count]! - 1;
      groups[group]!.size++;
      ids[size] = id;
      groupOf[size++] = group;
    };
    path[0] = state;
    taken[0] = 0;
    for (let node = start; node < end; ) {
      const depth = depths[node]! - above;
      const byte = bytes[node]!;
      const before = path[depth]!;
      const kind = of[byte]!;
      const isBetween = before < between;
      const next = isBetween ? table[before * width + kind]! : dfa.follow(before, kind);
      if (isBetween && ends[before] === 1 && beginnings[byte] === 1) exits.push(node, taken[depth]!);
      const below = this.ends[node]!;
      if (next === dead) {
        node = below;
        continue;
      }
      const count = taken[depth]! + Number(isBetween);
      path[depth + 1] = next;
      taken[depth + 1] = count;
      const isNarrow = below > node + MIN_RUN && this.#isWide[node] === 0;
      const run = isNarrow && next < between ? dfa.run(next) : undefined;
      if (run?.isLoop && this.#isWithin(node, run, beginnings)) {
        // Each byte below is a character.
        for (let i = first[node]!, last = first[below]!; i < last; i++) {
          const id = order[i]!;
          add(next, count + this.#lengths[id]! - (depths[node]! + 1), id);
        }
        node = below;
        continue;
      }
      for (let id = this.#tokens[node]!; id >= 0; id = this.#same[id]!) add(next, count, id);
      node++;
    }
    const found = groups.map((group) => ({ ...group, ids: new Int32Array(group.size), size: 0 }));
    for (let i = 0; i < size; i++) {
      const group = found[groupOf[i]!]!;
      group.ids[group.size++] = ids[i]!;
    }
    return { size: size + exits.length, exits, groups: found };
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

import { type Automaton, DEAD, UNKNOWN } from "./automaton.js";

/** The bytes of tokens as a tree in one row, each node before those below it, so that a walk skips what an automaton refuses. */
export class TokenTrie {
  /** By node: the byte that leads to it, how far down it is, the first node that is not below it, and its token or -1. */
  readonly #bytes: Uint8Array;
  readonly #depths: Uint16Array;
  readonly #ends: Int32Array;
  readonly #tokens: Int32Array;
  /** By token: another one of the same bytes, or -1. */
  readonly #same: Int32Array;
  /** The state on the way to each depth of a walk. */
  readonly #path: Int32Array;
  readonly size: number;

  /** @param tokens the bytes of each id; ids without any are never allowed */
  constructor(tokens: readonly (Uint8Array | undefined)[]) {
    const order = Array.from(tokens.keys()).filter((id) => (tokens[id]?.length ?? 0) > 0);
    const keys = tokens.map((token) => token && String.fromCharCode(...token)); // in the order of bytes
    order.sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b));
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
    this.#ends = ends.slice(0, size);
    this.#tokens = found.slice(0, size);
    this.#path = new Int32Array(order.reduce((longest, id) => Math.max(longest, tokens[id]!.length), 0) + 1);
  }

  /** Sets the bit of each token that an automaton can read from this state on. */
  allow(automaton: Automaton, state: number, mask: Uint32Array): void {
    const [bytes, depths, ends, tokens, path] = [
      this.#bytes,
      this.#depths,
      this.#ends,
      this.#tokens,
      this.#path,
    ];
    const { of } = automaton.classes;
    const width = automaton.width;
    let { table } = automaton;
    path[0] = state;
    for (let node = 0; node < this.size; ) {
      const depth = depths[node]!;
      const kind = of[bytes[node]!]!;
      let next = table[path[depth]! * width + kind]!;
      if (next === UNKNOWN) {
        next = automaton.follow(path[depth]!, kind);
        table = automaton.table;
      }
      if (next === DEAD) {
        node = ends[node]!;
        continue;
      }
      path[depth + 1] = next;
      for (let id = tokens[node]!; id >= 0; id = this.#same[id]!) mask[id >> 5]! |= 1 << (id & 31);
      node++;
    }
  }
}

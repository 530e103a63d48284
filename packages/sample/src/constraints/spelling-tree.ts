import type { Alphabet } from "./alphabet.js";
import { ByteClasses } from "./byte-set.js";
import type { Work } from "./work.js";

/** The first byte of sequences of two, three and four bytes, and of none. */
const LEADS = [0xc0, 0xe0, 0xf0, 0xf8] as const;

/** A place that no symbol is spelled by. */
const NONE = 0;

/** How the symbols of an alphabet are spelled in bytes, as a tree of which like parts are one: its first node is the root. */
export class SpellingTree {
  readonly classes = new ByteClasses();
  /** By node: the symbols that are spelled below it. */
  readonly symbols: readonly (readonly number[])[];
  /** By node and class of byte: 0 for none, the next node, or `~symbol` where one is spelled. */
  readonly table: Int32Array;

  /** @param escapes the texts of characters of ASCII that do not stand for themselves */
  constructor(alphabet: Alphabet, escapes: ReadonlyMap<number, string>, work: Work) {
    const { starts, parts } = alphabet;
    const rows: number[][] = [[]]; // by node: of all bytes, or of the 64 that go on in a character
    const symbols: (readonly number[])[] = [[]]; // NONE is the root's number, which has none yet
    const below = (row: readonly number[]) => {
      const found = new Set<number>();
      for (const place of new Set(row)) {
        if (place < 0) found.add(~place);
        else for (const symbol of symbols[place] ?? []) found.add(symbol);
      }
      return [...found].sort((a, b) => a - b);
    };
    const known = new Map<string, number>();
    const whole = new Map<number, number>(); // by number of characters and symbol: a node whose characters are all alike
    const endOf = (part: number) => starts[part + 1] ?? Number.POSITIVE_INFINITY;
    const place = (symbol: number) => (symbol < 0 ? NONE : ~symbol);
    const nodeOf = (row: number[]): number => {
      const key = row.join();
      let node = known.get(key) ?? NONE;
      if (node === NONE && row.some((each) => each !== NONE)) {
        node = rows.push(row) - 1;
        symbols.push(below(row));
        known.set(key, node);
      }
      return node;
    };
    /** The node of what stands for `count` characters from `first` on, of which those from `least` on are spelled so. */
    const placeOf = (first: number, count: number, least: number): number => {
      if (first + count <= least) return NONE;
      let part = alphabet.partOf(first);
      const symbol = parts[part]!;
      const isLike = first >= least && endOf(part) >= first + count;
      if (isLike && symbol < 0) return NONE;
      const name = count * 256 + symbol;
      const like = isLike ? whole.get(name) : undefined;
      if (like !== undefined) return like;
      work.spend(16);
      const row = new Array<number>(64).fill(NONE);
      const step = count / 64;
      if (step === 1) {
        for (let at = Math.max(first, least); at < first + 64; part++) {
          const end = Math.min(endOf(part), first + 64);
          row.fill(place(parts[part]!), at - first, end - first);
          at = end;
        }
      } else for (let i = 0; i < 64; i++) row[i] = placeOf(first + i * step, step, least);
      const node = nodeOf(row);
      if (isLike) whole.set(name, node);
      return node;
    };

    const root = new Array<number>(256).fill(NONE);
    for (let byte = 0; byte < 0x80; byte++)
      if (!escapes.has(byte)) root[byte] = place(parts[alphabet.partOf(byte)]!);
    for (let more = 1; more <= 3; more++) {
      const count = 64 ** more;
      const least = [0x80, 0x800, 0x10000][more - 1]!;
      const last = Math.min(LEADS[more]!, 0xf5);
      for (let byte = LEADS[more - 1]!; byte < last; byte++) {
        root[byte] = placeOf((byte - LEADS[more - 1]!) * count, count, least);
      }
    }
    rows[0] = root;
    const escapeNodes = new Set([0]);
    for (const [point, text] of escapes) {
      let at = 0;
      for (let i = 0; i < text.length - 1; i++) {
        const byte = text.charCodeAt(i);
        const row = rows[at]!;
        row[byte] ||= rows.push(new Array<number>(256).fill(NONE)) - 1;
        at = row[byte]!;
        escapeNodes.add(at);
      }
      rows[at]![text.charCodeAt(text.length - 1)] = ~parts[alphabet.partOf(point)]!;
    }
    // Nodes of escapes come after what leads to them.
    for (const node of [...escapeNodes].reverse()) symbols[node] = below(rows[node]!);
    this.symbols = symbols;

    for (const node of escapeNodes) this.classes.split((byte) => rows[node]![byte]!);
    const kinds = tellApart(rows.filter((_, node) => !escapeNodes.has(node)));
    this.classes.split((byte) => (byte >> 6 === 2 ? 1 + kinds[byte & 63]! : 0));
    const { examples } = this.classes;
    this.table = new Int32Array(rows.length * examples.length);
    for (const [node, row] of rows.entries()) {
      const isWhole = escapeNodes.has(node);
      for (const [kind, byte] of examples.entries()) {
        if (isWhole) this.table[node * examples.length + kind] = row[byte]!;
        else if (byte >> 6 === 2) this.table[node * examples.length + kind] = row[byte & 63]!;
      }
    }
    work.spend(this.table.length >> 4);
  }
}

/** By column of some rows of 64: columns that are alike have the same number. */
function tellApart(rows: readonly (readonly number[])[]): number[] {
  let kinds = new Array<number>(64).fill(0);
  let count = 1;
  for (const row of rows) {
    if (count === 64) break;
    const known = new Map<number, number>();
    kinds = kinds.map((kind, i) => {
      const key = kind + 64 * row[i]!;
      const own = known.get(key) ?? known.size;
      known.set(key, own);
      return own;
    });
    count = known.size;
  }
  return kinds;
}

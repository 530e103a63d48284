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
    /** The place of what stands for `count` characters from `first` on, of which those from `least` on are spelled so. */
    const placeOf = (first: number, count: number, least: number): number => {
      if (first + count <= least) return NONE;
      const part = alphabet.partOf(first);
      const symbol = parts[part]!;
      const isLike = first >= least && (starts[part + 1] ?? Number.POSITIVE_INFINITY) >= first + count;
      if (isLike && (symbol < 0 || count === 1)) return symbol < 0 ? NONE : ~symbol;
      const name = `${count}:${symbol}`;
      const like = isLike ? known.get(name) : undefined;
      if (like !== undefined) return like;
      work.spend(16);
      const step = count / 64;
      const row = Array.from({ length: 64 }, (_, i) => placeOf(first + i * step, step, least));
      const key = row.join();
      let place = known.get(key) ?? NONE;
      if (place === NONE && row.some((each) => each !== NONE)) {
        place = rows.push(row) - 1;
        symbols.push(below(row));
        known.set(key, place);
      }
      if (isLike) known.set(name, place);
      return place;
    };

    const root = new Array<number>(256).fill(NONE);
    for (let byte = 0; byte < 0x80; byte++) if (!escapes.has(byte)) root[byte] = placeOf(byte, 1, 0);
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

    const places = (node: number, byte: number) =>
      (escapeNodes.has(node) ? rows[node]![byte] : byte >> 6 === 2 ? rows[node]![byte & 63] : NONE)!;
    const columns = new Map<string, number>();
    const colours = Array.from({ length: 256 }, (_, byte) => {
      const nodes = byte >> 6 === 2 ? rows.keys() : escapeNodes.keys();
      const column = Array.from(nodes, (node) => places(node, byte)).join();
      const colour = columns.get(column) ?? columns.size;
      columns.set(column, colour);
      return colour;
    });
    this.classes.split((byte) => colours[byte]!);
    const { examples } = this.classes;
    this.table = new Int32Array(rows.length * examples.length);
    for (const node of rows.keys()) {
      for (const [kind, byte] of examples.entries())
        this.table[node * examples.length + kind] = places(node, byte);
    }
    work.spend(this.table.length >> 4);
  }
}

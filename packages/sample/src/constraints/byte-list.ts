/** Byte strings in order, and what follows each: a tree of them without nodes. */
export class ByteList<Rest> {
  /** In the order of their bytes. */
  readonly entries: readonly Uint8Array[];
  /** By place: the number that the entry had when it was given, and the place of each number. */
  readonly numbers: Int32Array;
  readonly #places: Int32Array;
  /** By place: what follows. All are set before the first step. */
  readonly rests: Rest[] = [];

  /** @param entries none of them empty */
  constructor(entries: readonly Uint8Array[]) {
    const order = Array.from(entries.keys()).sort((a, b) => compareBytes(entries[a]!, entries[b]!) || a - b);
    this.entries = order.map((number) => entries[number]!);
    this.numbers = Int32Array.from(order);
    this.#places = new Int32Array(order.length);
    for (const [place, number] of order.entries()) this.#places[number] = place;
  }

  /** Says what follows the entry of this number. */
  follow(number: number, rest: Rest): void {
    this.rests[this.#places[number]!] = rest;
  }

  /** The place behind the entries from `low` on, before `high`, that have this byte at `at`: each is longer than `at`. */
  runEnd(low: number, high: number, at: number, byte: number): number {
    let [from, to] = [low, high];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.entries[middle]![at]! <= byte) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Below 0 where `a` comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

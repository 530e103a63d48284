/** What one step adds to a row. */
export interface Addition {
  readonly slot: number;
  /** Positions that the row has already. */
  readonly start: number;
  readonly ids: ArrayLike<number>;
}

/** Rows of a step that get the same number of ids: attention takes them at once. */
interface Group {
  /** Where its ids begin among all. */
  readonly from: number;
  readonly n: number;
  readonly starts: readonly number[];
  readonly slots: readonly number[];
}

/** The ids of all rows of a step, one row after the other: one sequence, without padding. */
export interface Packed {
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  /** Which addition stands where: indices into the additions given. */
  readonly order: readonly number[];
  readonly groups: readonly Group[];
}

/**
 * Packs rows with different numbers of ids, so that every product of a step reads its weights once for all of them. Rows with
 * the same number stand together.
 */
export function pack(additions: readonly Addition[]): Packed {
  const order = additions.map((_, i) => i);
  order.sort((a, b) => additions[a]!.ids.length - additions[b]!.ids.length);
  const total = additions.reduce((sum, { ids }) => sum + ids.length, 0);
  const ids = new Int32Array(total);
  const positions = new Int32Array(total);
  const groups: { from: number; n: number; starts: number[]; slots: number[] }[] = [];
  let at = 0;
  for (const index of order) {
    const { slot, start, ids: added } = additions[index]!;
    const n = added.length;
    if (groups.at(-1)?.n !== n) groups.push({ from: at, n, starts: [], slots: [] });
    groups.at(-1)!.starts.push(start);
    groups.at(-1)!.slots.push(slot);
    for (let i = 0; i < n; i++, at++) {
      ids[at] = added[i]!;
      positions[at] = start + i;
    }
  }
  return { ids, positions, order, groups };
}

import type { Session } from "../types.js";

interface Held {
  /** What the row holds, and may go on with: as much of it as the session's row is long. */
  readonly ids: readonly number[];
  isBusy: boolean;
  /** When its text ended, in order. */
  releasedAt: number;
}

/** A row for a text, and how many of the text's ids it holds already. */
export interface TakenRow {
  readonly row: number;
  readonly cached: number;
}

/**
 * The rows of a session. Those of finished texts are kept as long as there is room, and a text that begins as one of any rows
 * begins there: what they have in common, id for id, is not read again. The row whose text ended longest ago leaves first.
 */
export class Rows {
  readonly #session: Session;
  readonly #capacity: number;
  readonly #held = new Map<number, Held>();
  #clock = 0;

  /** @param session without rows */
  constructor(session: Session, capacity: number) {
    this.#session = session;
    this.#capacity = capacity;
  }

  /** How many rows texts are being written in. */
  get busy(): number {
    return [...this.#held.values()].filter(({ isBusy }) => isBusy).length;
  }

  /** How many rows are kept of finished texts. */
  get kept(): number {
    return this.#held.size - this.busy;
  }

  /**
   * A row for the text `ids`, which may grow. At least its last id is left to read, for the logits that follow it.
   * @param isFresh whether it must be an empty row
   * @returns nothing where all rows are busy
   */
  take(ids: readonly number[], isFresh = false): TakenRow | undefined {
    const { row: source, common } = isFresh ? { row: undefined, common: 0 } : this.#nearest(ids);
    if (source === undefined) {
      if (!this.#makeRoom()) return undefined;
      return this.#busy(this.#session.add(), ids, 0);
    }
    const held = this.#held.get(source)!;
    const isWhole = common === this.#session.length(source);
    if (!held.isBusy && isWhole) return this.#busy(source, ids, common);
    if (this.#makeRoom(source)) return this.#busy(this.#session.fork(source), ids, common);
    return held.isBusy ? undefined : this.#busy(source, ids, common);
  }

  /** The text of this row is finished. */
  release(row: number): void {
    const held = this.#held.get(row)!;
    held.isBusy = false;
    held.releasedAt = this.#clock++;
    if (this.#session.length(row) === 0) this.#free(row);
  }

  /** Closes every row that is kept. */
  clear(): void {
    for (const [row, { isBusy }] of this.#held) if (!isBusy) this.#free(row);
  }

  #busy(row: number, ids: readonly number[], common: number): TakenRow {
    if (this.#session.length(row) > common) this.#session.truncate(row, common);
    this.#held.set(row, { ids, isBusy: true, releasedAt: 0 });
    return { row, cached: common };
  }

  /** The row with the longest beginning in common; among equals one that nothing of is lost, then one that is not busy. */
  #nearest(ids: readonly number[]): { row: number | undefined; common: number } {
    let best: { row: number | undefined; common: number; cost: number } = {
      row: undefined,
      common: 0,
      cost: 0,
    };
    for (const [row, held] of this.#held) {
      const length = this.#session.length(row);
      const most = Math.min(length, held.ids.length, ids.length - 1);
      let common = 0;
      while (common < most && held.ids[common] === ids[common]) common++;
      if (common === 0) continue;
      const cost = held.isBusy ? 2 : common < length ? 1 : 0;
      if (common > best.common || (common === best.common && cost < best.cost)) best = { row, common, cost };
    }
    return best;
  }

  /** Makes room for one row more, if need be at the cost of one that is kept, but not of `spared`. */
  #makeRoom(spared?: number): boolean {
    if (this.#held.size < this.#capacity) return true;
    let oldest: number | undefined;
    for (const [row, { isBusy, releasedAt }] of this.#held) {
      if (isBusy || row === spared) continue;
      if (oldest === undefined || releasedAt < this.#held.get(oldest)!.releasedAt) oldest = row;
    }
    if (oldest === undefined) return false;
    this.#free(oldest);
    return true;
  }

  #free(row: number): void {
    this.#session.free(row);
    this.#held.delete(row);
  }
}

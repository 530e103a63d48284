/** Most documents that can be numbered together. */
const MOST = 2 ** 31 - 1;

/** Numbers for the documents of all ranks: one rank's after the other's. */
export class Positions {
  readonly total: number;
  /** The number of each rank's first document, and behind the last the total. */
  private readonly starts: readonly number[];

  /** @param counts how many documents each rank has */
  constructor(counts: readonly number[]) {
    const starts = [0];
    for (const count of counts) starts.push(starts.at(-1)! + count);
    this.starts = starts;
    this.total = starts.at(-1)!;
    if (this.total > MOST) {
      throw new RangeError(
        `${this.total} documents are more than the ${MOST} that can be clustered together: deduplicate in parts, such as crawl by crawl`,
      );
    }
  }

  /** Undefined if there is no such document. */
  of(rank: number, position: number): number | undefined {
    const start = this.starts[rank];
    const end = this.starts[rank + 1];
    if (start === undefined || end === undefined || start + position >= end) return undefined;
    return start + position;
  }

  rangeOf(rank: number): [first: number, end: number] {
    return [this.starts[rank]!, this.starts[rank + 1]!];
  }

  /** Rank and position of a number. */
  place(document: number): [rank: number, position: number] {
    let [from, to] = [0, this.starts.length - 1];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (this.starts[middle]! <= document) from = middle;
      else to = middle;
    }
    return [from, document - this.starts[from]!];
  }
}

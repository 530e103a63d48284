import type { Vector } from "./matrix.js";

/** What a thing takes up around its own origin. */
export interface Extent {
  readonly low: Vector;
  readonly high: Vector;
}

/** What is between things. */
interface Gap {
  readonly across: number;
  readonly down: number;
}

interface Rows {
  /** Where the origin of each thing comes to stand. */
  readonly places: readonly Vector[];
  /** The upper left corner of what follows them, and of what stands below them. */
  readonly after: Vector;
  readonly below: Vector;
}

/**
 * Things that follow each other in rows, as words of a text do, the first corner at 0: in so many rows that the whole is as large
 * as it goes in a picture that is so much wider than high. Those below each other have one axis, and those beside each other one
 * top. `before` and `after` is the width of what stands before all of them, and of what follows the last one.
 */
export function inRows(
  extents: readonly Extent[],
  gap: Gap,
  aspect: number,
  { before = 0, after = 0 }: { before?: number; after?: number } = {},
): Rows {
  let best: { readonly size: number; readonly inRow: number; readonly left: number } | undefined;
  for (let inRow = extents.length; inRow > 0; inRow--) {
    const { rows, width, height } = rowsOf(extents, gap, inRow);
    const whole = before + Math.max(width, after && rows.after[0] + after);
    const size = Math.max(whole / aspect, height);
    // Of as many rows, those that are filled best.
    if (!best || size <= best.size) best = { size, inRow, left: aspect * size - whole };
  }
  const { inRow, left } = best!;
  // What is left over goes between them, up to half of their width.
  const { width } = rowsOf(extents, gap, inRow);
  const more = Math.min(left / inRow, width / inRow / 2);
  return rowsOf(extents, { ...gap, across: gap.across + more }, inRow).rows;
}

function rowsOf(extents: readonly Extent[], { across, down }: Gap, inRow: number) {
  const lefts = Array.from({ length: inRow }, () => 0);
  const rights = [...lefts];
  const heights: number[] = [];
  for (const [i, { low, high }] of extents.entries()) {
    const [column, row] = [i % inRow, Math.floor(i / inRow)];
    lefts[column] = Math.max(lefts[column]!, -low[0]);
    rights[column] = Math.max(rights[column]!, high[0]);
    heights[row] = Math.max(heights[row] ?? 0, high[1] - low[1]);
  }
  const axes: number[] = [];
  let width = 0;
  for (const [i, left] of lefts.entries()) {
    axes.push(width + left);
    width += left + rights[i]! + across;
  }
  const tops: number[] = [];
  let height = 0;
  for (const each of heights) {
    tops.push(-height);
    height += each + down;
  }
  const last = (extents.length - 1) % inRow;
  const rows: Rows = {
    places: extents.map(({ high }, i) => [axes[i % inRow]!, tops[Math.floor(i / inRow)]! - high[1], 0]),
    after: [axes[last]! + rights[last]! + across, tops.at(-1)!, 0],
    below: [0, -height, 0],
  };
  return { rows, width: width - across, height: height - down };
}

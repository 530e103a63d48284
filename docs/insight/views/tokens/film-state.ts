import type { Film } from "../../engine/tokens.js";

/** A pair of tokens side by side and how often it stands in the text. */
export interface PairCount {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** The tokens of each distinct piece after so many merges. */
export function partsAfter({ pieces }: Film, merges: number): (readonly number[])[] {
  return pieces.map(({ bytes, steps }) => steps.findLast(({ rank }) => rank < merges)?.parts ?? bytes);
}

/** The most frequent pairs, equals in the order in which they are joined: the lowest ids first. */
export function pairCounts(film: Film, merges: number): PairCount[] {
  const parts = partsAfter(film, merges);
  const counts = new Map<string, { left: number; right: number; count: number }>();
  for (const piece of film.order) {
    const ids = parts[piece]!;
    for (let i = 0; i + 1 < ids.length; i++) {
      const [left, right] = [ids[i]!, ids[i + 1]!];
      const pair = counts.get(`${left} ${right}`) ?? { left, right, count: 0 };
      pair.count++;
      counts.set(`${left} ${right}`, pair);
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.left - b.left || a.right - b.right);
}

/** Tokens per byte after each number of merges, from none to all. */
export function tokensPerByte({ pieces, order, merges, bytes }: Film): number[] {
  const joined = new Float64Array(merges.length + 1);
  const often = new Float64Array(pieces.length);
  for (const piece of order) often[piece]!++;
  let tokens = 0;
  for (const [at, piece] of pieces.entries()) {
    tokens += often[at]! * piece.bytes.length;
    for (const { rank } of piece.steps) joined[rank + 1]! += often[at]!;
  }
  return Array.from(joined, (fewer) => {
    tokens -= fewer;
    return tokens / Math.max(1, bytes);
  });
}

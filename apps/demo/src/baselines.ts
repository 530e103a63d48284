/** A model that predicts a token from the one before it, or from nothing. */
export interface Baseline {
  name: string;
  /** Natural logarithm of the probability of `id` after `previous`. */
  logProbability(previous: number, id: number): number;
}

/**
 * How much is taken from every count of 1, of 2, and of 3 or more, and given to what was not seen:
 * the modified Kneser-Ney estimates of Chen and Goodman (1999), from how many things were seen
 * exactly once, twice, three and four times.
 */
export function discounts(counts: Iterable<number>): [number, number, number] {
  const n = [0, 0, 0, 0, 0];
  for (const count of counts) if (count >= 1 && count <= 4) n[count]!++;
  const [, n1, n2, n3, n4] = n as [number, number, number, number, number];
  if (n1 === 0 || n2 === 0 || n3 === 0) return [0.5, 0.75, 0.75]; // too little text to estimate from
  const y = n1 / (n1 + 2 * n2);
  const clamp = (value: number, high: number) => Math.min(Math.max(value, 0.1), high);
  return [
    clamp(1 - (2 * y * n2) / n1, 0.99),
    clamp(2 - (3 * y * n3) / n2, 1.99),
    clamp(3 - (4 * y * n4) / n3, 2.99),
  ];
}

/** Takes a discount off every count and spreads what was taken as `rest` says. */
function interpolate(
  counts: Iterable<[id: number, count: number]>,
  [d1, d2, d3]: readonly [number, number, number],
  rest: (id: number) => number,
): (id: number) => number {
  let total = 0;
  let taken = 0;
  const kept = new Map<number, number>();
  for (const [id, count] of counts) {
    if (count === 0) continue;
    const discount = count === 1 ? d1 : count === 2 ? d2 : d3;
    kept.set(id, count - discount);
    total += count;
    taken += discount;
  }
  if (total === 0) return rest;
  return (id) => ((kept.get(id) ?? 0) + taken * rest(id)) / total;
}

/** How often each token occurs, with a little set aside for those that never do. */
export function unigram(tokens: ArrayLike<number>, vocabSize: number): Baseline {
  const counts = new Uint32Array(vocabSize);
  for (let i = 0; i < tokens.length; i++) counts[tokens[i]!]!++;
  const probability = interpolate(counts.entries(), discounts(counts), () => 1 / vocabSize);
  const table = Float64Array.from(counts, (_, id) => Math.log(probability(id)));
  return { name: "unigram", logProbability: (_, id) => table[id]! };
}

/**
 * Which token follows which: an interpolated bigram model with modified Kneser-Ney smoothing, the
 * strongest of the classic ones, so that beating it means something. Where a pair was not seen it
 * falls back on how many different tokens the second one follows.
 */
export function bigram(tokens: ArrayLike<number>, vocabSize: number): Baseline {
  const followers = new Map<number, Map<number, number>>();
  for (let i = 1; i < tokens.length; i++) {
    const previous = tokens[i - 1]!;
    let row = followers.get(previous);
    if (!row) {
      row = new Map();
      followers.set(previous, row);
    }
    row.set(tokens[i]!, (row.get(tokens[i]!) ?? 0) + 1);
  }
  const predecessors = new Uint32Array(vocabSize);
  const pairs: number[] = [];
  for (const row of followers.values()) {
    for (const [id, count] of row) {
      predecessors[id]!++;
      pairs.push(count);
    }
  }
  const lower = interpolate(predecessors.entries(), discounts(predecessors), () => 1 / vocabSize);
  const own = discounts(pairs);
  const rows = new Map(Array.from(followers, ([previous, row]) => [previous, interpolate(row, own, lower)]));
  return {
    name: "bigram",
    logProbability: (previous, id) => Math.log((rows.get(previous) ?? lower)(id)),
  };
}

/** A model's score on a text. */
export interface Score {
  /** Mean negative log-probability of a token. */
  nats: number;
  /** The same per byte of the text, in bits: comparable between tokenizers. */
  bitsPerByte: number;
}

/** Nats per token as a score, given how many tokens and bytes of text were predicted. */
export function score(nats: number, targets: number, bytes: number): Score {
  return { nats, bitsPerByte: (nats * targets) / (Math.LN2 * bytes) };
}

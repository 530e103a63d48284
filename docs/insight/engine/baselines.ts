/** What predicts without a network, in nats per token. */
export interface Baselines {
  /** Every token equally likely: ln V. */
  readonly uniform: number;
  /** How often each token occurs. */
  readonly unigram: number;
  /** Which token follows which. */
  readonly bigram: number;
}

/** Taken off each count of a pair, for pairs that were not seen. */
const DISCOUNT = 0.75;

/** Counted on nine tenths of the ids and scored on the last, which they have not seen. */
export function baselines(ids: readonly number[], vocabSize: number): Baselines {
  const border = Math.floor(0.9 * ids.length);
  const single = new Float64Array(vocabSize).fill(1); // so that none is impossible
  const pairs = new Map<number, number>();
  const followers = new Float64Array(vocabSize);
  const kinds = new Float64Array(vocabSize);
  for (let i = 0; i < border; i++) {
    single[ids[i]!]!++;
    if (i === 0) continue;
    const pair = ids[i - 1]! * vocabSize + ids[i]!;
    const count = (pairs.get(pair) ?? 0) + 1;
    pairs.set(pair, count);
    followers[ids[i - 1]!]!++;
    if (count === 1) kinds[ids[i - 1]!]!++;
  }
  const total = single.reduce((sum, count) => sum + count, 0);
  let [unigram, bigram] = [0, 0];
  for (let i = border; i < ids.length; i++) {
    const [before, id] = [ids[i - 1]!, ids[i]!];
    const alone = single[id]! / total;
    const seen = followers[before]!;
    const share = Math.max(0, (pairs.get(before * vocabSize + id) ?? 0) - DISCOUNT);
    unigram -= Math.log(alone);
    bigram -= Math.log(seen > 0 ? (share + DISCOUNT * kinds[before]! * alone) / seen : alone);
  }
  const n = ids.length - border;
  return { uniform: Math.log(vocabSize), unigram: unigram / n, bigram: bigram / n };
}

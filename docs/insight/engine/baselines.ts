/** What predicts without a network, in nats per token. */
export interface Baselines {
  /** Every token equally likely: ln V. */
  readonly uniform: number;
  /** How often each token occurs. */
  readonly unigram: number;
  /** Which token follows which. */
  readonly bigram: number;
}

/** The natural logarithm of how likely a token is behind another. */
type LogProbability = (before: number, id: number) => number;

/** Taken off each count of a pair, for pairs that were not seen. */
const DISCOUNT = 0.75;

/** Counted on nine tenths of the ids and scored on the last, which they have not seen. */
export function baselines(ids: readonly number[], vocabSize: number): Baselines {
  const border = Math.floor(0.9 * ids.length);
  const [alone, pair] = counted(ids.slice(0, border), vocabSize);
  let [unigram, bigram] = [0, 0];
  for (let i = border; i < ids.length; i++) {
    unigram -= alone(ids[i - 1]!, ids[i]!);
    bigram -= pair(ids[i - 1]!, ids[i]!);
  }
  const n = ids.length - border;
  return { uniform: Math.log(vocabSize), unigram: unigram / n, bigram: bigram / n };
}

/** What follows what in these ids; where a pair was not seen, how often its second token is. */
export function bigram(ids: readonly number[], vocabSize: number): LogProbability {
  return counted(ids, vocabSize)[1];
}

function counted(
  ids: readonly number[],
  vocabSize: number,
): readonly [unigram: LogProbability, bigram: LogProbability] {
  const single = new Float64Array(vocabSize).fill(1); // so that none is impossible
  const pairs = new Map<number, number>();
  const followers = new Float64Array(vocabSize);
  const kinds = new Float64Array(vocabSize);
  for (const [i, id] of ids.entries()) {
    single[id]!++;
    if (i === 0) continue;
    const before = ids[i - 1]!;
    const pair = before * vocabSize + id;
    const count = (pairs.get(pair) ?? 0) + 1;
    pairs.set(pair, count);
    followers[before]!++;
    if (count === 1) kinds[before]!++;
  }
  const total = single.reduce((sum, count) => sum + count, 0);
  const alone = (id: number) => single[id]! / total;
  return [
    (_, id) => Math.log(alone(id)),
    (before, id) => {
      const seen = followers[before]!;
      const share = Math.max(0, (pairs.get(before * vocabSize + id) ?? 0) - DISCOUNT);
      return Math.log(seen > 0 ? (share + DISCOUNT * kinds[before]! * alone(id)) / seen : alone(id));
    },
  ];
}

import type { GamedReward } from "./data.js";

/** Steps whose mean is taken as the value at a point, so that one lucky step says nothing. */
const AROUND = 5;

/** A difference counts where it is more than this share of the whole range of a curve, and this many deviations of chance. */
const CLEAR = 0.2;
const DEVIATIONS = 3;

/** What the learned and the true reward did, in words, by their numbers. */
export function describeParting(points: GamedReward["points"]): string {
  const learned = curveOf(points.map((point) => point.learned));
  const truth = curveOf(points.map((point) => point.truth));
  const said = (from: number, to: number) => `from ${from.toFixed(2)} to ${to.toFixed(2)}`;
  if (points.length < 2 || learned.last - learned.first < learned.clear) {
    return `The learned reward did not rise (${said(learned.first, learned.last)}): there was nothing yet to part.`;
  }
  const rise = `The learned reward rose ${said(learned.first, learned.last)}`;
  const hasRisen = truth.peak - truth.first > truth.clear;
  const hasFallen = truth.peak - truth.last > truth.clear;
  const at = points[truth.peakAt]?.step ?? 0;
  if (hasRisen && hasFallen) {
    return `${rise}. The true one went with it ${said(truth.first, truth.peak)} until about step ${at}, and then fell to ${truth.last.toFixed(2)}: from there on the policy pleased the reward model, and not the judge.`;
  }
  const leftAt = points[truth.leftAt]?.step ?? 0;
  if (hasFallen && truth.leftAt > points.length / 3) {
    return `${rise}. The true one did not: it held until about step ${leftAt}, and then fell, ${said(truth.first, truth.last)}. What the policy found is what the reward model likes, and not the judge.`;
  }
  if (hasFallen) {
    return `${rise}. The true one fell all the while, ${said(truth.first, truth.last)}: what the reward model likes is not what the judge likes.`;
  }
  if (hasRisen) {
    return `${rise}, and the true one with it, ${said(truth.first, truth.last)}: in ${points.length} steps the policy found nothing that the reward model alone likes. Trusted for longer, it may.`;
  }
  return `${rise}. The true one did not go with it (${said(truth.first, truth.last)}).`;
}

/**
 * A curve's smoothed ends, its highest value and where that is, from where on a difference says something, and where it was last so
 * near its highest value that it does not.
 */
function curveOf(values: readonly number[]) {
  const smooth = values.map((_, i) => {
    const part = values.slice(Math.max(0, i - (AROUND >> 1)), i + (AROUND >> 1) + 1);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const peak = Math.max(...smooth);
  const range = peak - Math.min(...smooth) || 1;
  // What one step differs from the next by is chance; that of two means of several steps is so much smaller.
  const jumps = values.slice(1).map((value, i) => (value - values[i]!) ** 2);
  const chance = Math.sqrt(jumps.reduce((sum, jump) => sum + jump, 0) / Math.max(1, jumps.length) / AROUND);
  const clear = Math.max(CLEAR * range, DEVIATIONS * chance);
  const [peakAt, leftAt] = [smooth.indexOf(peak), smooth.findLastIndex((value) => value >= peak - clear)];
  return { first: smooth[0] ?? 0, last: smooth.at(-1) ?? 0, peak, peakAt, leftAt, clear };
}

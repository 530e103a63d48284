/**
 * The scoring of the public article extraction benchmark: texts as bags of 4-word shingles, precision and
 * recall per page, F1 of their means.
 */
export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Share of predicted shingles that are true, and of true shingles that were predicted, of one page. */
export function scorePage(truth: string, predicted: string): { precision?: number; recall?: number } {
  const expected = shingles(truth);
  const actual = shingles(predicted);
  let hits = 0;
  let [expectedCount, actualCount] = [0, 0];
  for (const [shingle, count] of expected) {
    expectedCount += count;
    hits += Math.min(count, actual.get(shingle) ?? 0);
  }
  for (const count of actual.values()) actualCount += count;
  return {
    ...(actualCount > 0 && { precision: hits / actualCount }),
    ...(expectedCount > 0 && { recall: hits / expectedCount }),
  };
}

/** F1 of the mean precision and the mean recall; pages where one is undefined do not count for it. */
export function scorePages(pages: readonly { precision?: number; recall?: number }[]): Score {
  const precision = mean(pages.flatMap((page) => page.precision ?? []));
  const recall = mean(pages.flatMap((page) => page.recall ?? []));
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

function shingles(text: string): Map<string, number> {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  const counts = new Map<string, number>();
  for (let i = 0; i < Math.max(1, words.length - 3); i++) {
    const shingle = words.slice(i, i + 4).join(" ");
    if (shingle) counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
  }
  return counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

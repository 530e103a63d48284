/** Share of what was predicted that is true, and of what is true that was predicted; none where there is nothing to share. */
export interface PageScore {
  readonly precision?: number;
  readonly recall?: number;
}

/** Of many pages. */
export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** The scoring of the public article extraction benchmark: texts as bags of 4-word shingles. */
export function scoreShingles(truth: string, predicted: string): PageScore {
  return compareBags(shingles(truth), shingles(predicted));
}

/** Texts as bags of words; a character of the scripts without spaces is a word. */
export function scoreTokens(truth: string, predicted: string): PageScore {
  return compareBags(countAll(tokens(truth)), countAll(tokens(predicted)));
}

function compareBags(expected: ReadonlyMap<string, number>, actual: ReadonlyMap<string, number>): PageScore {
  let hits = 0;
  let [expectedCount, actualCount] = [0, 0];
  for (const [item, count] of expected) {
    expectedCount += count;
    hits += Math.min(count, actual.get(item) ?? 0);
  }
  for (const count of actual.values()) actualCount += count;
  return {
    ...(actualCount > 0 && { precision: hits / actualCount }),
    ...(expectedCount > 0 && { recall: hits / expectedCount }),
  };
}

/** F1 of the mean precision and the mean recall; pages where one is undefined do not count for it. */
export function scorePages(pages: readonly PageScore[]): Score {
  const precision = mean(pages.flatMap((page) => page.precision ?? []));
  const recall = mean(pages.flatMap((page) => page.recall ?? []));
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

function shingles(text: string): Map<string, number> {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  const all: string[] = [];
  for (let i = 0; i < Math.max(1, words.length - 3); i++) all.push(words.slice(i, i + 4).join(" "));
  return countAll(all.filter(Boolean));
}

function tokens(text: string): string[] {
  return (
    text.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+/gu,
    ) ?? []
  );
}

function countAll(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

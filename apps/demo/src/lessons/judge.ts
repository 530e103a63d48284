/** Words of a text, in lower case. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}

/** Words that texts have more than once: what is no misprint. */
export function dictionaryOf(texts: Iterable<string>): Set<string> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 1).map(([word]) => word));
}

/**
 * The hidden rule: an answer is the better the more different words of the dictionary it has, and each word that is none, or that
 * comes again, costs one. Only its verdicts on pairs are seen by the reward model.
 */
export function judge(answer: string, dictionary: ReadonlySet<string>): number {
  const words = wordsOf(answer);
  const good = new Set(words.filter((word) => dictionary.has(word))).size;
  return good - (words.length - good);
}

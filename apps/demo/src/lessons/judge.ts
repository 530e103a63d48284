/** A word is one of the documents' if so many of them have it. */
const COMMON = 2;

/**
 * The hidden rule: an answer is the better the more different words of the documents it has; each that comes again costs one, and so
 * does each that is no word of theirs. Only its verdicts on pairs are seen by the reward model.
 */
export function hiddenRule(documents: Iterable<string>): (answer: string) => number {
  const documentsWith = new Map<string, number>();
  for (const text of documents) {
    for (const word of new Set(wordsOf(text))) documentsWith.set(word, (documentsWith.get(word) ?? 0) + 1);
  }
  return (answer) => {
    const words = wordsOf(answer);
    const good = new Set(words.filter((word) => (documentsWith.get(word) ?? 0) >= COMMON));
    return good.size - (words.length - good.size);
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}

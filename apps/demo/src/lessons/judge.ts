/**
 * The hidden rule: an answer is the better the more different words it has, and each word that comes again costs one. Only its
 * verdicts on pairs are seen by the reward model.
 */
export function judge(answer: string): number {
  const words = answer.toLowerCase().match(/\p{L}+/gu) ?? [];
  const different = new Set(words).size;
  return different - (words.length - different);
}

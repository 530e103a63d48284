/** Letters, each with a digit that nothing but examples tells. */
export function letterPairs(count: number): { input: string; output: string }[] {
  return Array.from({ length: count }, (_, i) => ({
    input: String.fromCharCode(97 + i),
    output: `${(7 * i + 3) % 10}`,
  }));
}

/** Whether an answer ends in what is expected; a number has to be the whole number there. */
export function isRight(answer: string, expected: string): boolean {
  const said = answer.trim();
  return /^\d+$/.test(expected) ? /\d+$/.exec(said)?.[0] === expected : said.endsWith(expected);
}

import { Draws } from "./draws.js";
import type { Part } from "./split.js";
import { question, sumsOf, workedAnswer } from "./sums.js";

const LINES = 12;

/**
 * What stands between question and answer is two tokens long, as in a chat, so that what is learned here about places is true
 * there too.
 */
const [BETWEEN, BEHIND] = [' Say "', '".'];

/** Pages of worked sums for the base model to read. No operands of another part occur in them. */
export function* textbook(part: Part, pages: number, seed: number): Generator<string> {
  const sums = sumsOf(part);
  for (let page = 0; page < pages; page++) {
    const draws = new Draws(seed, page);
    const lines = Array.from({ length: LINES }, () => {
      const sum = draws.pick(sums);
      return `${question(sum)}${BETWEEN}${workedAnswer(sum)}${BEHIND}`;
    });
    yield lines.join("\n");
  }
}

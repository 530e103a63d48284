import { type Part, partOf } from "./split.js";

/** Two numbers of two digits to add. */
export interface Sum {
  a: number;
  b: number;
}

/** Every sum of two-digit numbers that is in a part; 38 + 47 is in the part of 47 + 38. */
export function sumsOf(part: Part): Sum[] {
  const found: Sum[] = [];
  for (let a = 10; a < 100; a++) {
    for (let b = 10; b < 100; b++) {
      if (partOf(`${Math.min(a, b)}+${Math.max(a, b)}`) === part) found.push({ a, b });
    }
  }
  return found;
}

/** The question, as it is put to the assistant. */
export function question({ a, b }: Sum): string {
  return `What is ${a}+${b}?`;
}

/** The answer alone, which has to be known by heart. */
export function bareAnswer({ a, b }: Sum): string {
  return String(a + b);
}

/**
 * The answer worked out: first the ones, then the carry and the tens, so that each token needs one small step. The words say which
 * digits come next: what was learned behind them in the textbook is true behind them in a chat.
 */
export function workedAnswer({ a, b }: Sum): string {
  const ones = (a % 10) + (b % 10);
  const [carry, tensA, tensB] = [Math.floor(ones / 10), Math.floor(a / 10), Math.floor(b / 10)];
  return `Ones ${a % 10}+${b % 10}=${ones}, tens ${carry}+${tensA}+${tensB}=${carry + tensA + tensB}: ${a + b}`;
}

/** Whether an answer ends in the right number. */
export function isRight({ a, b }: Sum, answer: string): boolean {
  return /\d+$/.exec(answer.trim())?.[0] === String(a + b);
}

/** Whether an answer shows how it was found. */
export function isWorked(answer: string): boolean {
  return answer.includes("=");
}

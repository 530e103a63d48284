import { shuffled } from "../data/windows.js";
import { hash } from "../hash.js";

/** Which of `count` things stands at this place of an endless row of them: each comes once, in random order, before any comes again. */
export function dealt(place: number, count: number, seed: number): number {
  const round = Math.floor(place / count);
  return shuffled(place - round * count, count, [seed, hash("dealt"), round]);
}

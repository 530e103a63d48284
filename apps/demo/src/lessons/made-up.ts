import { Draws } from "./draws.js";
import { type Part, partOf } from "./split.js";

const ONSETS = [
  "b",
  "br",
  "d",
  "dr",
  "f",
  "fl",
  "g",
  "gl",
  "k",
  "kl",
  "l",
  "m",
  "n",
  "p",
  "pl",
  "qu",
  "r",
  "s",
  "sk",
  "t",
  "tr",
  "v",
  "w",
  "z",
];
const VOWELS = ["a", "e", "i", "o", "u", "oo", "ee"];
const ENDS = ["", "", "b", "ck", "l", "m", "n", "nk", "p", "rt", "sh", "x", "zz"];
const KINDS = ["", "", "", "-js", "-cli", "-core", "-parser", "-loader", "-utils"];

/** Names that sound like packages, and that none has. */
export function madeUpNames(part: Part, count: number, known: ReadonlySet<string>, seed: number): string[] {
  const draws = new Draws(seed);
  const names = new Set<string>();
  while (names.size < count) {
    const syllable = () => draws.pick(ONSETS) + draws.pick(VOWELS) + draws.pick(ENDS);
    const name = `${syllable()}${syllable()}${draws.pick(KINDS)}`;
    if (!known.has(name) && partOf(name) === part) names.add(name);
  }
  return [...names];
}

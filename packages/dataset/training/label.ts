import type { Block } from "../src/extract/block.js";

const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+/gu;
/** Words that must stand together. */
const RUN = 4;

/** The share of each block's words that stand in the true text, in runs of four: shorter blocks with what is beside them. */
export function labelBlocks(blocks: readonly Block[], truth: string): number[] {
  const wanted = new Set<string>();
  const all = truth.match(word) ?? [];
  for (let n = 1; n <= RUN; n++) {
    for (let i = 0; i + n <= all.length; i++) wanted.add(all.slice(i, i + n).join(" "));
  }
  const words = blocks.map(({ text }) => text.match(word) ?? []);
  return words.map((own, index) => {
    if (own.length === 0) return 0;
    if (own.length >= RUN) return shareOf(own, wanted);
    const missing = RUN - own.length;
    const before = words.slice(0, index).flat().slice(-missing);
    const after = words
      .slice(index + 1, index + 5)
      .flat()
      .slice(0, missing);
    const stands = wanted.has([...before, ...own].join(" ")) || wanted.has([...own, ...after].join(" "));
    return stands && (before.length > 0 || after.length > 0) ? 1 : 0;
  });
}

function shareOf(words: readonly string[], wanted: ReadonlySet<string>): number {
  let found = 0;
  const runs = words.length - RUN + 1;
  for (let i = 0; i < runs; i++) if (wanted.has(words.slice(i, i + RUN).join(" "))) found++;
  return found / runs;
}

import { expect, test } from "vitest";
import { minhashDedup } from "../../src/minhash/dedup.js";
import { candidateProbability, resemblance } from "../../src/minhash/resemblance.js";
import { documents, pipeline } from "../../src/pipeline.js";

/** Different words without digits, which would become alike. */
const words = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) =>
    (from + i).toString().replace(/\d/g, (digit) => "bzqkxjfvgw"[Number(digit)]!),
  ).join(" ");

test("shingles that both have are counted once each, over all that there are", () => {
  // Three-word shingles of a: abc bcd cde; of b: bcd cde def efg; two are shared, of five.
  const found = resemblance("A, b c d e", "b c d e f; g", { ngram: 3 });
  expect(found.words[0].join(" ")).toBe("a b c d e");
  expect(found.shared).toEqual(["b c d", "c d e"]);
  expect(found.shingles).toEqual([3, 4]);
  expect(found.jaccard).toBe(2 / 5);
  // A repeated shingle is one.
  expect(resemblance("a b a b a b", "a b a", { ngram: 2 }).jaccard).toBe(1);
});

test("short texts resemble nothing, and equal ones everything", () => {
  expect(resemblance("a b", "a b")).toMatchObject({ jaccard: 0, estimate: 0, buckets: [], shared: [] });
  const same = resemblance(words(0, 50), words(0, 50).toUpperCase());
  expect([same.jaccard, same.estimate, same.buckets.length]).toEqual([1, 1, 14]);
});

test("a bucket agrees exactly where minhashDedup drops, and the estimate is near the similarity", async () => {
  const fates = [];
  for (const shift of [1, 4, 8, 12, 20, 40]) {
    const [a, b] = [words(0, 200), words(shift, 200 + shift)];
    const { jaccard, estimate, buckets } = resemblance(a, b, { seed: 7 });
    expect(jaccard).toBeCloseTo((196 - shift) / (196 + shift), 12);
    expect(Math.abs(estimate - jaccard), `${shift}`).toBeLessThan(0.15); // three deviations of 112 hashes
    const kept = [];
    for await (const { id } of pipeline(documents([a, b]), minhashDedup({ seed: 7 })).docs()) kept.push(id);
    expect(kept.length, `${shift}`).toBe(buckets.length > 0 ? 1 : 2);
    fates.push(kept.length);
  }
  expect(new Set(fates).size).toBe(2);
});

test("the probability of a shared bucket rises along an S from 0 to 1", () => {
  expect(candidateProbability(0)).toBe(0);
  expect(candidateProbability(1)).toBe(1);
  expect(candidateProbability(0.5, { buckets: 20, hashesPerBucket: 5 })).toBeCloseTo(0.47, 2);
  // The usual rule for where it is steepest.
  expect(candidateProbability((1 / 14) ** (1 / 8))).toBeCloseTo(1 - (1 - 1 / 14) ** 14, 12);
});

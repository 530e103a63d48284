import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { simplify } from "../../src/minhash/normalize.js";
import { permutations } from "../../src/minhash/permutations.js";
import { minHasher } from "../../src/minhash/signature.js";
import dedup from "../golden/dedup.json" with { type: "json" };
import golden from "../golden/minhash.json" with { type: "json" };

test("hash functions are those that numpy draws", () => {
  const { a, b } = permutations(112, 1);
  expect(a.map(String)).toEqual(golden.a);
  expect(b.map(String)).toEqual(golden.b);
});

test("texts are simplified as datatrove does", () => {
  for (const { text, simplified } of golden.texts) expect(simplify(text)).toBe(simplified);
});

test("texts are simplified as the FineWeb release did", () => {
  for (const [text, simplified] of dedup.fineweb2024) expect(simplify(text!, "fineweb2024")).toBe(simplified);
  const texts = ["an e-mail of the year 1999, sent", "an email of the year 1999 sent"];
  const [a, b] = texts.map((text) => minHasher({ normalization: "fineweb2024" }).signature(text));
  expect(a).toEqual(b);
  expect(minHasher().signature(texts[0]!)).not.toEqual(minHasher().signature(texts[1]!));
});

test("signatures are datatrove's, bit for bit", () => {
  const hasher = minHasher();
  for (const { text, signature } of golden.texts) {
    const actual = hasher.signature(text);
    expect(actual && Array.from(actual, String)).toEqual(signature ?? undefined);
  }
});

test("the least hashes are those of exact integers, also where the reduction wraps", () => {
  const count = 12;
  const { a, b } = permutations(count, 3);
  const words = Array.from({ length: 400 }, (_, i) => `w${(i * 7919) % 101}`);
  const hashes = words.slice(0, -1).map((word, i) => {
    return createHash("sha1")
      .update(`${word} ${words[i + 1]}`)
      .digest()
      .readBigUInt64LE();
  });
  const prime = (1n << 61n) - 1n;
  const expected = a.map((factor, i) =>
    hashes.map((x) => ((x * factor + b[i]!) & ((1n << 64n) - 1n)) % prime).reduce((x, y) => (y < x ? y : x)),
  );
  const hasher = minHasher({ ngram: 2, buckets: 3, hashesPerBucket: 4, seed: 3, tokenize: () => words });
  expect(Array.from(hasher.signature("")!)).toEqual(expected);
});

test("a wrong shape is refused by name", () => {
  expect(() => minHasher({ buckets: 0 })).toThrow("buckets is 0");
});

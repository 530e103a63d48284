import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ngramHashes } from "../../src/hash/ngrams.js";
import { sha1 } from "../../src/hash/sha1.js";

test("sha1 is Node's, for every length around the block limits", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 167) & 255);
  const digest = new Int32Array(5);
  for (let length = 0; length < 290; length++) {
    sha1(bytes, 7, 7 + length, digest);
    const hex = Array.from(digest, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    expect(hex).toBe(
      createHash("sha1")
        .update(bytes.subarray(7, 7 + length))
        .digest("hex"),
    );
  }
});

test("n-grams hash to the start of Node's SHA-1, for lengths around the block limits side by side", () => {
  for (const n of [1, 2, 5, 12]) {
    const words = Array.from({ length: 200 }, (_, i) => `é${"x".repeat((i * 37) % 70)}${i}`);
    const hashes = ngramHashes(words, n);
    expect(hashes).toHaveLength(2 * (words.length - n + 1));
    for (let i = 0; i + n <= words.length; i++) {
      const digest = createHash("sha1")
        .update(words.slice(i, i + n).join(" "))
        .digest();
      expect([hashes[2 * i], hashes[2 * i + 1]]).toEqual([digest.readUInt32LE(0), digest.readUInt32LE(4)]);
    }
  }
  expect(ngramHashes(["a", "b"], 3)).toHaveLength(0);
});

test("a text of any size fits", () => {
  const words = Array.from({ length: 200_000 }, (_, i) => `word${i}`);
  const digest = createHash("sha1").update(words.slice(-5).join(" ")).digest();
  expect(ngramHashes(words, 5).at(-1)).toBe(digest.readUInt32LE(4));
});

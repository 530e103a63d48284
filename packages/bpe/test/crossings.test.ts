// Long pieces are cut where no merge crosses from one character into the next: ids must be those of merging them whole.
import { expect, test } from "vitest";
import { toByteChars } from "../src/byte-alphabet.js";
import { Tokenizer, train } from "../src/index.js";
import { seeded } from "./texts.js";

/** What merging each piece by itself gives. */
function merged(tokenizer: Tokenizer, text: string): number[] {
  return tokenizer.split(text).flatMap((piece) => tokenizer.trace(piece).ids);
}

// Characters of two to four bytes that share many of them, so that tokens begin and end inside of characters too.
const SCRIPTS = ["的是不了在人皅瞄", "กขคงจกิกี", "жшщюяéè", "😀😁😂𐐷𐐨🙀", "的жกa😀éz-"];

test.each(SCRIPTS)("runs of %s", async (characters) => {
  const random = seeded(characters.length);
  const alphabet = Array.from(characters);
  const run = (length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(random() ** 2 * alphabet.length)]).join("");
  for (const extra of [5, 40, 300]) {
    const texts = Array.from({ length: 200 }, () => run(12));
    const tokenizer = await train(texts, { vocabSize: 256 + extra, pattern: "cl100k" });
    for (let i = 0; i < 60; i++) {
      const text = run(4 + Math.floor(random() * 60));
      const expected = merged(tokenizer, text);
      expect(Array.from(tokenizer.encode(text))).toEqual(expected);
      // From what was kept, and with pieces of one byte before and behind.
      expect(Array.from(tokenizer.encode(`${text} ${text}`)).slice(0, expected.length)).toEqual(expected);
    }
  }
});

test("a part is not looked up as if it were a piece", async () => {
  const trained = await train("abc", { vocabSize: 256, pattern: "cl100k", specialTokens: [] });
  const file = trained.toHF();
  const token = "的";
  file.model.vocab[toByteChars(new TextEncoder().encode(token))] = 256;
  file.model.ignore_merges = true;
  const tokenizer = Tokenizer.fromHF(file);
  expect(Array.from(tokenizer.encode(token))).toEqual([256]);
  const bytes = merged(tokenizer, token.repeat(18));
  expect(bytes).toHaveLength(54);
  expect(Array.from(tokenizer.encode(token.repeat(18)))).toEqual(bytes);
  // Kept under the same bytes, and still apart.
  expect(Array.from(tokenizer.encode(`${token}。${token.repeat(18)}`)).slice(-54)).toEqual(bytes);
});

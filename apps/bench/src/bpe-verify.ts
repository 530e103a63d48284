// Are the ids tiktoken's? 20 MB of mixed text and a million fuzzed strings, for gpt2, cl100k and o200k.
//
//     npm run verify:bpe [-- <fuzzed strings> <megabytes>]
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type PatternName, Tokenizer } from "@llm/bpe";
import { get_encoding, type TiktokenEncoding } from "tiktoken";
import { fuzz, MIXED, seeded } from "../../../packages/bpe/test/texts.js";
import { documentation } from "./text.js";

const strings = Number(process.argv[2] ?? 1_000_000);
const megabytes = Number(process.argv[3] ?? 20);
const tables: [PatternName, string, TiktokenEncoding][] = [
  ["gpt2", "r50k_base", "gpt2"],
  ["cl100k", "cl100k_base", "cl100k_base"],
  ["o200k", "o200k_base", "o200k_base"],
];

/** Words and borders of all scripts in `MIXED`, recombined, between stretches of documentation. */
function* mixed(bytes: number): Generator<string> {
  const random = seeded(11);
  const words = MIXED.flatMap((text) => text.split(/(?<= )/));
  const documents = documentation(4_000_000);
  for (let made = 0; made < bytes; ) {
    let text = "";
    while (text.length < 100_000) {
      const choice = random();
      if (choice < 0.5) text += words[Math.floor(random() * words.length)];
      else if (choice < 0.9) text += MIXED[Math.floor(random() * MIXED.length)];
      else if (choice < 0.97) text += fuzz(random);
      else text += documents.substr(Math.floor(random() * documents.length), 1000);
    }
    made += Buffer.byteLength(text);
    yield text;
  }
}

let wrong = 0;
for (const [name, file, oracle] of tables) {
  const ranks = readFileSync(fileURLToPath(import.meta.resolve(`gpt-tokenizer/data/${file}.tiktoken`)));
  const ours = Tokenizer.fromTiktoken(ranks, { pattern: name });
  const theirs = get_encoding(oracle);
  const check = (text: string) => {
    const [a, b] = [ours.encodeOrdinary(text), theirs.encode_ordinary(text)];
    if (a.length === b.length && a.every((id, i) => id === b[i])) return;
    if (wrong++ < 10) console.log(`DIFFERENT, ${name}: ${JSON.stringify(text.slice(0, 200))}`);
  };
  let bytes = 0;
  for (const text of mixed(megabytes * 1e6)) {
    check(text);
    bytes += Buffer.byteLength(text);
  }
  const random = seeded(12);
  for (let i = 0; i < strings; i++) check(fuzz(random));
  console.log(`${name}: ${(bytes / 1e6).toFixed(1)} MB of mixed text, ${strings} fuzzed strings compared`);
  theirs.free();
}
console.log(wrong === 0 ? "all ids are tiktoken's" : `${wrong} texts have other ids`);
process.exitCode = wrong === 0 ? 0 : 1;

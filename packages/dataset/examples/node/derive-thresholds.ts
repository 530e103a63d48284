// Thresholds for languages that FineWeb-2 has none for, or for another kind of text, found as it finds its own: whatever share
// of clean English texts a threshold for English keeps, that share of the other language's is kept.
//
//     npx tsx derive-thresholds.ts [folder]
//
// The folder holds a file for each language, such as de.txt, with a sentence a line; en.txt is the standard. For use take some
// thousands of an encyclopaedia's texts a language. Thresholds come from three quarters of the lines and are tried on the others,
// beside those of English. Without a folder it writes a few sentences of two languages and takes these.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deriveThresholds,
  documents,
  finewebMultilingual,
  type LanguageThresholds,
  pipeline,
} from "@llm/dataset";

const [given] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), "languages-"));
if (!given) {
  const sentences = {
    en: [
      "The lake lies in a valley to the north of the town, and most people that walk there have been there with friends.",
      "Nobody knows of the man who built the chapel, but the keeper and the miller have heard that it is old.",
      "In the morning the fishers go to the lake with bread for the birds, and they be back with the sun.",
      "The keeper of the inn has a boat that takes visitors to the island, and in winter it lies on the shore.",
      "There is a path to the church that is to be walked with care, for the stones have ice on them until May.",
      "Of the mill that was to be seen from the bridge there is not much more than the wheel and a wall.",
    ],
    de: [
      "Der See liegt in einem Tal im Norden der Stadt, und die meisten gehen den Weg dorthin zu Fuß mit Freunden.",
      "Niemand weiß, wer die Kapelle auf der Insel gebaut hat, aber der Wirt und der Müller halten sie für alt.",
      "Am Morgen fahren die Fischer mit Brot für die Vögel auf den See, und wer mit der Sonne kommt, ist allein.",
      "Der Wirt hat ein Boot, das die Gäste auf die Insel bringt, und im Winter liegt es unter Planen am Ufer.",
      "Auf dem Weg zur Kirche muss man sich vorsehen, denn die Steine sind bis in den Mai hinein mit Eis bedeckt.",
      "Von der Mühle, die man früher von der Brücke aus sah, stehen nur noch das Rad und eine halbe Wand.",
    ],
  };
  for (const [language, lines] of Object.entries(sentences)) {
    writeFileSync(join(folder, `${language}.txt`), lines.join("\n"));
  }
}

/** Texts of up to eight lines that overlap, as many as a small file gives: of the first three quarters of the lines, or the last. */
function readTexts(language: string, part: "learned" | "others"): string[] {
  const all = readFileSync(join(folder, `${language}.txt`), "utf8")
    .trim()
    .split("\n");
  const lines = part === "learned" ? all.slice(0, 0.75 * all.length) : all.slice(0.75 * all.length);
  const length = Math.min(8, lines.length);
  return lines.map((_, at) => Array.from({ length }, (_, k) => lines[(at + k) % lines.length]!).join("\n"));
}

/** How many of the texts a language's steps keep. */
async function countKept(language: string, thresholds: LanguageThresholds, texts: string[]): Promise<number> {
  const identifier = { identify: () => ({ language, score: 1 }) };
  const steps = finewebMultilingual({ [language]: thresholds }, { identifier });
  let kept = 0;
  for await (const _ of pipeline(documents(texts), ...steps).docs()) kept++;
  return kept;
}

const languages = readdirSync(folder).map((file) => file.replace(/\.txt$/, ""));
const english = readTexts("en", "learned");
const standard = await deriveThresholds({ language: "en", texts: english, english });
for (const language of languages) {
  // Plain data: write it to a JSON file once, and read it in every run.
  const thresholds = await deriveThresholds({ language, texts: readTexts(language, "learned"), english });
  const { maxWordLength, stopWords } = thresholds;
  console.log(
    `${language}: words of ${maxWordLength} letters on average at most, such as ${stopWords.slice(0, 4).join(" ")}`,
  );
  const others = readTexts(language, "others");
  if (others.length < 8) continue;
  const own = await countKept(language, thresholds, others);
  const foreign = await countKept(language, standard, others);
  console.log(`  of ${others.length} other texts they keep ${own}; those of English, ${foreign}`);
}
if (!given) rmSync(folder, { recursive: true });

// Output:
// de: words of 3.952 letters on average at most, such as die der und auf
// en: words of 3.736 letters on average at most, such as the and of that

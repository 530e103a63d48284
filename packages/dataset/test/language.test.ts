import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Drop, eld, language, pipeline } from "../src/index.js";

test("keeps the languages asked for and notes what it found", async () => {
  const drops: Drop[] = [];
  const texts = [
    "This is a sentence in English, as anyone can see.",
    "Dies ist ein Satz auf Deutsch, wie jeder sehen kann.",
    "0 1 2",
  ];
  const kept = [];
  const source = texts.map((text, i) => ({ id: `${i}`, text, meta: { url: "u" } }));
  const docs = pipeline(source, language(["en"])).docs({ onDrop: (drop) => drops.push(drop) });
  for await (const document of docs) kept.push(document);
  expect(kept).toMatchObject([{ id: "0", meta: { url: "u", language: "en" } }]);
  expect(drops.map(({ verdict }) => [verdict.reason, verdict.value])).toEqual([
    ["language", "de"],
    ["language", ""],
  ]);
});

test("the score must be above the threshold, and a long text is judged by all of its parts", async () => {
  const asked: string[] = [];
  const identifier = {
    identify: (text: string) => {
      asked.push(text);
      return { language: "en", score: 0.65 };
    },
  };
  const { verdicts } = await language(["en"], { identifier }).inspect!({ id: "", text: "a\nb", meta: {} });
  expect(verdicts.map(({ keep }) => keep)).toEqual([true, false]);
  expect(asked).toEqual(["a\nb"]);
  const english = "The people of the town walked to the lake in the morning. ".repeat(18);
  const german = "Die Leute aus der Stadt gingen am Morgen zum See hinaus. ".repeat(80);
  expect((await eld().identify(english)).language).toBe("en");
  expect((await eld().identify(english + german)).language).toBe("de");
});

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const folder = `${data}/langid`;
if (!existsSync(folder)) console.log(`Skipped: no sentences at ${folder}; set LLM_DATA`);

test.skipIf(!existsSync(folder))("English is told from 27 other languages by single sentences", async () => {
  const identifier = eld();
  const counts = { english: 0, englishKept: 0, others: 0, othersKept: 0, right: 0 };
  for (const file of readdirSync(folder)) {
    const english = file === "en.txt";
    for (const text of readFileSync(`${folder}/${file}`, "utf8").split("\n").filter(Boolean)) {
      const found = await identifier.identify(text);
      const kept = Number(found.language === "en" && found.score > 0.65);
      counts[english ? "english" : "others"]++;
      counts[english ? "englishKept" : "othersKept"] += kept;
      counts.right += Number(found.language === file.slice(0, 2));
    }
  }
  expect(counts.englishKept / counts.english).toBe(1);
  expect(counts.othersKept / counts.others).toBeLessThan(0.002);
  expect(counts.right / (counts.english + counts.others)).toBeGreaterThan(0.95); // eld knows no Indonesian
});

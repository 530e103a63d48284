import { existsSync, readdirSync, readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import {
  type Drop,
  eld,
  fasttextLanguage,
  type LanguageIdentifier,
  language,
  loadFasttext,
  OptionsError,
  pipeline,
} from "../../src/index.js";
import { lid176, MissingLid176Error } from "../../src/node/index.js";

const MODEL = "fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz";

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

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
const folder = `${data}/langid`;
if (!existsSync(folder)) console.log(`Skipped: no sentences at ${folder}; set LLM_DATA`);

/** The share of right answers by language. */
async function accuracies(identifier: LanguageIdentifier): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const file of readdirSync(folder)) {
    const texts = readFileSync(`${folder}/${file}`, "utf8").split("\n").filter(Boolean);
    let right = 0;
    for (const text of texts) {
      right += Number((await identifier.identify(text)).language === file.slice(0, 2));
    }
    found.set(file.slice(0, 2), right / texts.length);
  }
  return found;
}

const mean = (values: Iterable<number>) =>
  [...values].reduce((sum, value, _, { length }) => sum + value / length, 0);

test.skipIf(!existsSync(folder))("28 languages are told apart by single sentences", async () => {
  const lid = await accuracies(lid176());
  expect(lid.size).toBe(28);
  expect(mean(lid.values())).toBeGreaterThan(0.98);
  const pure = await accuracies(eld());
  expect(pure.get("id")).toBe(0); // eld knows no Indonesian
  pure.delete("id");
  expect(mean(pure.values())).toBeGreaterThan(0.99);
});

test("a language is what a model calls it", async () => {
  const bytes = readFileSync(createRequire(import.meta.url).resolve(MODEL));
  const identifier = fasttextLanguage(bytes);
  expect(identifier.identify("Dies ist ein Satz auf Deutsch,\nwie jeder sehen kann.")).toMatchObject({
    language: "de",
  });
  expect(await lid176().identify("Dies ist\nDeutsch")).toEqual(identifier.identify("Dies ist Deutsch"));
});

test("where the model is not installed, the error says what to install", async () => {
  vi.spyOn(module, "createRequire").mockReturnValue({
    resolve() {
      throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
    },
  } as never);
  module.syncBuiltinESMExports();
  try {
    const asked = Promise.resolve(lid176().identify("text"));
    await expect(asked).rejects.toThrow(MissingLid176Error);
    await expect(asked).rejects.toThrow("npm install fasttext.wasm.js");
  } finally {
    vi.restoreAllMocks();
    module.syncBuiltinESMExports();
  }
});

test("a list of no languages, which keeps nothing, is a mistake", () => {
  expect(() => language([])).toThrow('languages of language is empty: name at least one, such as ["en"]');
});

test("line ends may be deleted before, as they once were", async () => {
  const asked: string[] = [];
  const identifier = {
    identify(text: string) {
      asked.push(text);
      return { language: "en", score: 1 };
    },
  };
  await language(["en"], { identifier, newlines: "delete" }).inspect!({ id: "", text: "a\nb\n", meta: {} });
  expect(asked).toEqual(["ab"]);
});

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

test.each([["id"], ["xx"], ["english"], ["EN"], ["en", "id"], [5 as never]])(
  "languages that eld does not know are refused: %j",
  (...codes) => {
    expect(() => language(codes)).toThrow(OptionsError);
    expect(() => language(codes)).toThrow(
      /language ("id"|"xx"|"english"|"EN"|5) is not one that the identifier of language knows \(am, ar, .*lid176\(\)/,
    );
  },
);

test("what a threshold is for must be known too; an identifier that does not say what it knows is believed", () => {
  expect(() => language(["en"], { threshold: { en: 0.5, id: 0.5 } })).toThrow('"id"');
  const identifier = { identify: () => ({ language: "id", score: 1 }) };
  expect(() => language(["id"], { identifier })).not.toThrow();
  expect(() => language(["id"], { identifier: { ...identifier, languages: ["id"] } })).not.toThrow();
});

test("lid.176 knows what its model does", () => {
  const path = createRequire(import.meta.url).resolve(MODEL);
  expect([...loadFasttext(readFileSync(path)).labels].sort()).toEqual(lid176().languages);
  expect(() => language(["id"], { identifier: lid176() })).not.toThrow();
  expect(() => language(["xx"], { identifier: lid176() })).toThrow('language "xx"');
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBlocks } from "../../src/extract/blocks.js";
import { parseHtml } from "../../src/extract/tree.js";
import { makeTrials, type Trial } from "../../training/trials/trials.js";
import { LANGUAGES, wordsOf } from "../../training/trials/words.js";

const data = mkdtempSync(join(tmpdir(), "trials-"));
let trials: Trial[];

beforeAll(() => {
  mkdirSync(join(data, "langid"));
  for (const language of LANGUAGES) {
    // Each word stands once, so that what is found can be nothing else.
    const sentences = Array.from({ length: 300 }, (_, i) =>
      language === "ja"
        ? `${String.fromCodePoint(0x4e00 + 40 * i)}は古い水車の話をしながら村の道を歩いていく。`
        : `${Array.from({ length: 9 }, (_, k) => `${language}word${i}x${k}`).join(" ")}.`,
    );
    writeFileSync(join(data, "langid", `${language}.txt`), sentences.join("\n"));
  }
  trials = makeTrials(data, 2);
});
afterAll(() => rmSync(data, { recursive: true }));

const plain = (text: string) => text.replace(/\s+/g, " ");

test("the same seed makes the same pages, another one others, and each maker is in one half", () => {
  const again = makeTrials(data, 2);
  expect(again.map(({ html }) => html)).toEqual(trials.map(({ html }) => html));
  const other = makeTrials(data, 2, 2);
  expect(other.filter(({ html }, i) => html === trials[i]!.html)).toEqual([]);
  expect(other.map(({ id, half }) => [id, half])).toEqual(trials.map(({ id, half }) => [id, half]));
  const halves = new Map<string, Set<string>>();
  for (const { maker, half } of trials) halves.set(maker, (halves.get(maker) ?? new Set()).add(half));
  expect([...halves.values()].every(({ size }) => size === 1)).toBe(true);
  const makersOf = (half: string) =>
    new Set(trials.filter((trial) => trial.half === half).map(({ maker }) => maker)).size;
  expect([makersOf("tuning"), makersOf("unseen")]).toEqual([34, 33]);
});

test("all that a page is scored by stands on it as text", () => {
  for (const { id, html, truth, segments } of trials) {
    const text = plain(
      parseHtml(html)
        .map(({ text }) => text)
        .join(""),
    );
    const missing = [...truth.split("\n"), ...segments.wanted, ...segments.unwanted].filter(
      (part) => !text.includes(plain(part)),
    );
    expect([id, missing]).toEqual([id, []]);
    expect([id, readBlocks(parseHtml(html)).length > 3, truth.length > 100]).toEqual([id, true, true]);
  }
});

test("no content is noted as something else", () => {
  for (const { id, truth, segments } of trials) {
    expect([id, segments.unwanted.filter((part) => part.length > 25 && truth.includes(part))]).toEqual([
      id,
      [],
    ]);
  }
});

test("names are there as they are, hashed or not at all", () => {
  const names = trials.map(({ html }) =>
    [...html.matchAll(/ class="([^"]+)"/g)].flatMap(([, name]) => name!.split(" ")),
  );
  const isHashed = (all: readonly string[]) =>
    all.length > 0 && all.every((name) => /^x[0-9a-z]+$/.test(name));
  const kinds = names.map((all) => (all.length === 0 ? "none" : isHashed(all) ? "hashed" : "own"));
  expect(new Set(kinds)).toEqual(new Set(["none", "hashed", "own"]));
});

test("every language has all words of a page's furniture", () => {
  for (const language of LANGUAGES) {
    const say = wordsOf(language);
    for (const key of ["home", "comments", "leave", "accept", "cart"])
      expect([language, key, say(key) !== ""]).toEqual([language, key, true]);
    expect(() => say("nothing")).toThrow("no such word: nothing");
  }
});

// What a reader is led by: each chapter's question, time and part of the one text, and the order of the reference.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveSite } from "./site.js";

const CHAPTERS = [
  ["pretraining-data", "story/page"],
  ["tokenisation", "story/tokens"],
  ["training", "story/loss"],
  ["network-internals", "story/logits"],
  ["inference", "story/sampled"],
  ["base-models", "story/base"],
  ["post-training", "story/answer"],
] as const;

let site: Awaited<ReturnType<typeof serveSite>>;
beforeAll(async () => {
  site = await serveSite();
});
afterAll(() => site?.close());

const read = async (path: string) => (await fetch(`${site.url}${path}`)).text();
const all = (html: string, pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1]!);

test.each(CHAPTERS)(
  "%s begins with a question and its part of the one text, and says its time",
  async (name, part) => {
    const html = await read(`chapters/${name}.html`);
    const question = html.indexOf("A question to begin with");
    const [first] = all(html, /data-example="([^"]+)"/g);
    expect(question).toBeGreaterThan(0);
    expect(first).toBe(part);
    expect(html.indexOf(`data-example="${part}"`)).toBeGreaterThan(question);
    expect(html).toMatch(/About \d+ minutes, with \d+ examples to run/);
  },
);

test("what an example prints is folded until it is asked for", async () => {
  for (const [name] of CHAPTERS) {
    const html = await read(`chapters/${name}.html`);
    const folds = all(html, /<details class="expected"([^>]*)>/g);
    expect(folds.length, name).toBeGreaterThanOrEqual(all(html, /data-example="([^"]+)"/g).length);
    expect(folds.filter((attributes) => attributes.includes("open"))).toEqual([]);
  }
});

test("the reference says in a sentence what each entry is for, and begins with functions", async () => {
  const index = await read("api/index.html");
  const rows = all(index, /<tr>(<td.*?)<\/tr>/gs).map((row) => all(row, /<td[^>]*>(.*?)<\/td>/gs));
  expect(rows.length).toBeGreaterThan(20);
  for (const [name, sentence] of rows) expect(sentence, name).toMatch(/^[A-Z].{20,}\.$/s);
  for (const [link] of rows) {
    const [folder] = all(link!, /href="\.\/([^"]+)\/"/g);
    const groups = all(await read(`api/${folder}/index.html`), /<h2 id="([^"]+)"/g);
    expect(groups.length, folder).toBeGreaterThan(0);
    if (groups.includes("functions")) expect(groups[0], folder).toBe("functions");
  }
});

test("the version and the licence are those of the repository", async () => {
  const html = await read("about.html");
  const { version } = JSON.parse(
    readFileSync(new URL("../../packages/gpt/package.json", import.meta.url), "utf8"),
  );
  expect(html).toContain(`describe version ${version} of`);
  expect(html).toContain("Permission is hereby granted, free of charge");
  expect(html).toContain("are not published yet");
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  candidateProbability,
  type Document,
  explain,
  minhashDedup,
  pii,
  pipeline,
  resemblance,
  type Step,
} from "@llm/dataset";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { LIMITS, type Limits, limitOf } from "../insight/engine/data/limits.js";
import { judgingSteps } from "../insight/engine/data/steps.js";
import { Survey } from "../insight/engine/data/survey.js";
import { pages } from "../models/pages/pages.js";
import { copiedBy, openInsight, workAt } from "./insight.js";
import { drop } from "./insight-drop.js";

const site = openInsight();

const at = <T>(hash: string, work: (page: Page) => Promise<T>) => workAt(site, hash, work);

/** Waits until the picture is that of a state. */
const shown = (page: Page, part: string) =>
  page.waitForFunction(
    (part) => document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.includes(part),
    part,
    { timeout: 60_000 },
  );

/** The rows of one of the view's tables. */
async function rowsOf(page: Page, which: number): Promise<string[][]> {
  const table = page.locator("details.insight-table").nth(which);
  if (!(await table.evaluate((details: HTMLDetailsElement) => details.open)))
    await table.locator("summary").press("Enter");
  const text = await copiedBy(table.getByRole("button"));
  return text
    .split("\n")
    .slice(1)
    .map((row) => row.split("\t"));
}

/** The funnel's bars: what each row says, and how long they are as shares of the picture. */
const bars = (page: Page) =>
  page.locator(".data-funnel a").evaluateAll((links) =>
    links.map((link) => {
      const width = (selector: string) =>
        Number.parseFloat(link.querySelector(selector)?.getAttribute("width") ?? "0") / 100;
      return { words: link.getAttribute("aria-label")!, kept: width(".one"), lost: width(".drop") };
    }),
  );

/** What a run of the pipeline itself does. */
async function rerun(limits: Limits, documents: readonly Document[] = pages()) {
  const steps: Step[] = [...judgingSteps(limits), minhashDedup(), pii()];
  const run = pipeline(documents, ...steps);
  const dropped = new Map<string, { step: string; reason: string; value: unknown; threshold: unknown }>();
  const kept = [];
  const onDrop: NonNullable<Parameters<typeof run.docs>[0]>["onDrop"] = ({ step, document, verdict }) => {
    const { reason, value, threshold } = verdict;
    dropped.set(document.id, { step, reason, value, threshold });
  };
  for await (const { id } of run.docs({ onDrop })) kept.push(id);
  const funnel = run.stats().map(({ name, in: taken, out, dropped }) => ({ name, in: taken, out, dropped }));
  return { dropped, kept, funnel };
}

/** Thresholds of each kind, that keep more and that keep less; each limit by itself in `test:long`. */
const moves: readonly Limits[] = [
  {},
  ...(import.meta.env.MODE === "long" ? LIMITS : []).flatMap(({ name, usual, whole }) =>
    [usual * 0.4, usual * 1.7].map((value) => ({ [name]: whole ? Math.round(value) : value })),
  ),
  { minWords: 45, maxSymbols: 0.3, minStopWords: 0, minTerminalLines: 0, minAlphabeticWords: 0.5 },
  { languageScore: 0, duplicate5grams: 1, top2gram: 1, top3gram: 1, top4gram: 1, minSentences: 13 },
];

test("documents that are judged by moved thresholds are those that a rerun drops and keeps", async () => {
  const documents = pages();
  const survey = await Survey.of(documents, []);
  const outcomes = new Set<string>();
  for (const limits of moves) {
    const { fates, funnel } = await survey.judge(limits);
    const run = await rerun(limits);
    const words = JSON.stringify(limits);
    expect(funnel.slice(1), words).toEqual(run.funnel.slice(1));
    expect(funnel[0]!.out, words).toBe(documents.length);
    for (const [at, { id }] of documents.entries()) {
      const { step, reason, value, threshold } = fates[at] ?? {};
      expect(fates[at] && { step, reason, value, threshold }, `${words}, ${id}`).toEqual(run.dropped.get(id));
    }
    outcomes.add(JSON.stringify(run.funnel));
  }
  // What is usual is what the steps take by themselves.
  const usual = new Map<string, unknown>();
  const { steps } = await explain(judgingSteps({}), documents[0]!);
  for (const { step, verdicts } of steps)
    for (const verdict of verdicts) usual.set(limitOf(step, verdict)?.name ?? "", verdict.threshold);
  for (const { name, usual: written } of LIMITS) expect(usual.get(name), name).toBe(written);
  // The pages tell thresholds apart, or the test would say nothing.
  expect(outcomes.size).toBeGreaterThanOrEqual(3);
  const { funnel } = await rerun({});
  expect(new Set(funnel.flatMap(({ dropped }) => Object.keys(dropped))).size).toBeGreaterThanOrEqual(12);
});

test("Data draws what a run finds: funnel, fates, histogram, and the slider moves them at once", async () => {
  const limits = { minWords: 60, minSentences: 2, maxDuplicateCharacters: 0.02, top2gram: 0.35 };
  const written = Object.entries(limits)
    .map(([name, value]) => `${name}*${value}`)
    .join("_");
  const run = await rerun(limits);
  await at(`#v1/data?${new URLSearchParams({ limits: written })}`, async (page) => {
    await shown(page, '"minWords":60');
    const found = await bars(page);
    for (const [i, { name, in: taken, out, dropped }] of run.funnel.entries()) {
      expect(found[i]!.kept, name).toBeCloseTo(out / 40, 3);
      expect(found[i]!.lost, name).toBeCloseTo((taken - out) / 40, 3);
      if (taken > out && Object.keys(dropped).length < 3)
        for (const [reason, count] of Object.entries(dropped))
          expect(found[i]!.words).toContain(`${reason} ${count}`);
    }
    const rows = await rowsOf(page, 0);
    expect(rows.map(([id]) => id)).toEqual(pages().map(({ id }) => id));
    for (const [id, step, reason, , value] of rows) {
      const fate = run.dropped.get(id!);
      expect([step, reason], id).toEqual([fate?.step ?? "kept", fate?.reason ?? ""]);
      if (fate) expect(value).toBe(String(fate.value));
    }

    // As many documents in the bars as in the table, kept and dropped by the threshold.
    const measured = await rowsOf(page, 1);
    const counts = await page
      .locator("svg.chart g title")
      .evaluateAll((titles) => titles.map((title) => title.textContent.match(/\d+ kept, \d+ dropped/)![0]));
    const sum = (word: string) =>
      counts.reduce((total, count) => total + Number(count.match(`(\\d+) ${word}`)![1]), 0);
    expect(sum("kept")).toBe(measured.filter(([, , , kept]) => kept === "yes").length);
    expect(sum("dropped")).toBe(measured.filter(([, value]) => Number(value) < 60).length);
    expect(sum("dropped")).toBeGreaterThan(0);

    const slider = page.getByRole("slider", { name: "Threshold" });
    await slider.focus();
    for (let i = 0; i < 25; i++) await page.keyboard.press("ArrowLeft");
    await shown(page, '"minWords":35');
    const moved = await rerun({ ...limits, minWords: 35 });
    expect((await bars(page)).map(({ kept }) => Math.round(kept * 40))).toEqual(
      moved.funnel.map(({ out }) => out),
    );
    expect(moved.kept.length).not.toBe(run.kept.length);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Threshold");
  });
});

test("a document is explained with what fails first, and two texts are compared as the package does", async () => {
  const all = pages();
  const place = all.findIndex(({ id }) => id.includes("keywords"));
  const steps = [...judgingSteps({}), minhashDedup(), pii()];
  const { steps: found } = await explain(steps, all[place]!);
  const failing = found.flatMap(({ step, verdicts }) =>
    verdicts.flatMap((verdict) => (verdict.keep ? [] : [[`✗ ${verdict.reason}`, step, verdict.metric]])),
  );
  const [a, b] = await Promise.all(
    [3, 19].map(async (at) => (await explain(judgingSteps({}), all[at]!)).document.text),
  );
  const { jaccard, shared, estimate, buckets } = resemblance(a!, b!);
  expect(jaccard).toBeGreaterThan(0.5);
  expect(jaccard).toBeLessThan(1);
  await at(`#v1/data?at=${place}`, async (page) => {
    await shown(page, `"at":${place}`);
    const rows = await page
      .locator(".data-verdicts tbody tr")
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)),
      );
    expect(rows.slice(0, failing.length).map((row) => row.slice(0, 3))).toEqual(failing);
    expect(rows.length).toBe(found.reduce((sum, { verdicts }) => sum + verdicts.length, 0));
    expect(rows.slice(failing.length).every(([mark]) => mark === "✓ passes")).toBe(true);

    const facts = await page.locator(".training-numbers dd").allInnerTexts();
    const chance = candidateProbability(jaccard);
    expect([facts[0], ...facts.slice(2)]).toEqual([
      `${shared.length}`,
      ...[jaccard, estimate, chance].map((value) => value.toFixed(3)),
    ]);
    await page.getByText(`${buckets.length} of 14 buckets agree`).waitFor();
    const dot = await page
      .locator("svg.chart circle")
      .evaluate((circle) => [circle.getAttribute("cx"), circle.getAttribute("cy")]);
    expect(Number.parseFloat(dot[0]!)).toBeCloseTo(100 * jaccard, 0);
    expect(Number(dot[1])).toBeCloseTo(260 * (1 - chance), 0);

    await page.getByLabel(/^First text, as it reaches/).fill("one two three four five six");
    await page.getByLabel(/^Second text, as it reaches/).fill("one two three four five seven");
    await page
      .locator(".training-numbers dd", { hasText: (1 / 3).toFixed(3) })
      .first()
      .waitFor();
    expect((await page.locator(".training-numbers dd").allInnerTexts())[2]).toBe((1 / 3).toFixed(3));
    expect(await page.getByText("None of the 14 buckets agrees").count()).toBe(1);
    expect(await page.locator(".data-text mark").allInnerTexts()).toEqual(
      Array(2).fill("one two three four five"),
    );
  });
});

test("Data by keyboard alone; Back and a reload restore it, and a broken link falls back with a note", async () => {
  await at("#v1/data", async (page) => {
    await shown(page, '"step":""');
    await page.locator(".insight").focus();
    await page.keyboard.press("n");
    await shown(page, '"step":"c4Quality"');
    await page.keyboard.press("j");
    await shown(page, '"at":35');
    await page.locator(".data-funnel a").nth(8).focus();
    await page.keyboard.press("Enter");
    await shown(page, '"step":"minhashDedup"');
    // The link that was pressed is drawn anew, and still has the focus.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /near_duplicate \(4\)/ }).press("Enter");
    await shown(page, '"reason":"near_duplicate"');
    const hash = await page.evaluate(() => location.hash);
    await page.getByLabel("Threshold", { exact: true }).first().focus();
    await page.locator(".insight").focus();
    await page.keyboard.press("p");
    await shown(page, '"step":"finewebQuality"');
    await page.goBack();
    await shown(page, '"reason":"near_duplicate"');
    expect(await page.evaluate(() => location.hash)).toBe(hash);
    await page.reload();
    await shown(page, '"reason":"near_duplicate"');
    expect(await page.locator("h3", { hasText: "Why minhashDedup" }).count()).toBe(1);
    await page.locator(".insight").focus();
    await page.keyboard.press("?");
    expect(await page.locator("dialog[open] kbd").allInnerTexts()).toEqual([
      "n",
      "p",
      "j",
      "k",
      "r",
      ">",
      "?",
      "Escape",
    ]);
  });
  await at("#v1/data?limits=minWords*many&at=x&limit=none", async (page) => {
    await shown(page, '"limits":{}');
    expect(await page.locator(".insight-note").innerText()).toMatch(
      /limits "minWords\*many", at "x", limit "none"|at "x"/,
    );
  });
});

test("Data reads the reader's files, says what it leaves out, and keeps what it had where none can be read", async () => {
  await at("#v1/data", async (page) => {
    await shown(page, '"source":"pages"');
    const files = page.getByLabel(/^Your pages/);
    const file = (name: string, content: string) => ({ name, mimeType: "", buffer: Buffer.from(content) });
    await files.setInputFiles([file("photo.png", "no text")]);
    await page.locator(".insight-warning", { hasText: "photo.png is left out" }).waitFor();
    expect(await page.locator(".data-funnel a").first().getAttribute("aria-label")).toContain("40");
    const [first, second] = pages();
    await files.setInputFiles([
      file("a.html", first!.text),
      file("b.jsonl", `${JSON.stringify({ id: "line one", text: second!.text })}\n{"id": broken\n`),
      file("c.txt", "Short."),
      file("photo.png", "no text"),
    ]);
    await shown(page, '"source":"files"');
    await page.getByText("b.jsonl: invalid_json (1).").waitFor();
    expect((await rowsOf(page, 0)).map(([id]) => id)).toEqual(["a.html", "line one", "c.txt"]);
    expect(await page.locator(".insight-warning").innerText()).toBe("");

    // A folder is dropped with all that is in it.
    const folder = await mkdtemp(join(tmpdir(), "llm-pages-"));
    try {
      await mkdir(join(folder, "deep/deeper"), { recursive: true });
      await writeFile(join(folder, "deep/one.html"), first!.text);
      await writeFile(join(folder, "deep/deeper/two.txt"), "Short.");
      await drop(page, [join(folder, "deep")]);
      await page.locator(".insight-view").getByText("of 2 documents are kept").waitFor();
      expect((await rowsOf(page, 0)).map(([id]) => id)).toEqual(["deep/deeper/two.txt", "deep/one.html"]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

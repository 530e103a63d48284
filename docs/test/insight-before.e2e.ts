import { perplexity } from "@llm/sample/evaluation";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bigram } from "../insight/engine/baselines.js";
import { openBrowser, watch } from "./browser.js";
import { serveInsight, siteModel, siteText } from "./insight.js";

let site: Awaited<ReturnType<typeof serveInsight>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
let problems: string[];

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
  site = await serveInsight();
  browser = await openBrowser();
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  page = await browser.context.newPage();
  problems = watch(page, site.url);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Goes to a state of the view in the one page that all tests share, and waits for what it shows. */
async function go(state: Record<string, string>, shown: string): Promise<void> {
  await page.goto(`${site.url}insight/#v1/before?${new URLSearchParams(state)}`);
  await isShown(shown);
}

const isShown = (shown: string) =>
  page.waitForFunction(
    (shown) => document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.startsWith(shown),
    shown,
    { timeout: 60_000 },
  );

/** The rows of one of the part's tables. */
async function rowsOf(which = 0): Promise<string[][]> {
  const table = page.locator("details.insight-table").nth(which);
  if (!(await table.evaluate((details: HTMLDetailsElement) => details.open)))
    await table.locator("summary").press("Enter");
  await table.getByRole("button").press("Enter");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  return text
    .split("\n")
    .slice(1)
    .map((row) => row.split("\t"));
}

test("a text's surprise is the model's and a bigram's, token by token, in windows that overlap", async () => {
  const { model, tokenizer } = await siteModel();
  const text = "Seven purple whales danced, and the model learned the tokens. ".repeat(3).trim();
  const { ids, logprobs, bitsPerByte } = await perplexity(model, tokenizer, text, { stride: 32 });
  expect(ids.length).toBeGreaterThan(model.blockSize);
  const pair = bigram([...tokenizer.encodeOrdinary(await siteText())], model.vocabSize);
  await go({ text }, `surprise base-3125 ${ids.join(".")}`);
  const rows = await rowsOf();
  expect(rows.map(([, id]) => Number(id))).toEqual([...ids]);
  for (const [i, [, , , own, other]] of rows.entries()) {
    expect(Number(own)).toBeCloseTo(-logprobs[i]! / Math.LN2, 4);
    const before = i === 0 ? model.config.endOfText! : ids[i - 1]!;
    expect(Number(other)).toBeCloseTo(-pair(before, ids[i]!) / Math.LN2, 9);
  }
  const facts = await page.locator(".training-numbers dd").allInnerTexts();
  expect(facts[0]).toBe(bitsPerByte.toFixed(3));
  const bytes = new TextEncoder().encode(text).length;
  expect(facts[1]).toBe((rows.reduce((sum, row) => sum + Number(row[4]), 0) / bytes).toFixed(3));
  expect(Number(facts[0])).toBeLessThan(Number(facts[1]));
  const drawn = await page
    .locator('section[aria-label="The model"] .token')
    .evaluateAll((all) =>
      all.map((one) => [
        Number((one as HTMLElement).dataset["bits"]),
        Number.parseFloat(getComputedStyle(one).borderBottomWidth),
      ]),
    );
  for (const [bits, width] of drawn as [number, number][]) {
    // A browser draws whole pixels.
    expect(Math.abs(width - (1 + 6 * Math.min(1, bits / 9)))).toBeLessThanOrEqual(1);
  }
  expect(drawn.map(([bits]) => bits)).toEqual(rows.map((row) => Number(row[3])));
  expect(problems).toEqual([]);
  model.dispose();
});

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "./browser.js";
import { pages, serveSite } from "./site.js";

/** A page of each kind, and all chapters. */
const checked = [
  "index.html",
  "get-started.html",
  "glossary.html",
  "about.html",
  "api/index.html",
  "api/bpe/index.html",
  "api/bpe/classes/Tokenizer.html",
  ...pages().filter((path) => path.startsWith("chapters/")),
];

let site: { url: string; close: () => void };
let browser: { context: BrowserContext; close: () => Promise<void> };
let page: Page;
let axeSource: string;

beforeAll(async () => {
  site = await serveSite();
  browser = await openBrowser();
  page = await browser.context.newPage();
  axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});

afterAll(async () => {
  await browser?.close();
  site?.close();
});

/** What axe finds against WCAG's levels A and AA: rule, element, and what is wrong with it. */
async function violations(): Promise<string[]> {
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
    );
  });
}

test.each(checked)("%s: no violation of A or AA, light and dark, wide and narrow", async (path) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(site.url + path, { waitUntil: "load" });
  await page.waitForSelector("#app main, #app .VPContent");
  await page.evaluate(axeSource);
  // Colours that are on their way from one theme to the other are neither's.
  await page.addStyleTag({ content: "*, ::before, ::after { transition: none !important }" });
  const found: string[] = [];
  for (const dark of [false, true]) {
    await page.evaluate((on) => document.documentElement.classList.toggle("dark", on), dark);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      for (const violation of await violations())
        found.push(`${width} px, ${dark ? "dark" : "light"}: ${violation}`);
    }
  }
  expect(found).toEqual([]);
});

test("no code scrolls sideways at 1280 px, and no page does at 360 px", async () => {
  const wide: string[] = [];
  for (const path of checked) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(site.url + path, { waitUntil: "load" });
    const scrolling = await page.evaluate(() =>
      [...document.querySelectorAll("pre")]
        .filter((block) => block.scrollWidth > block.clientWidth)
        .map((block) => block.textContent.slice(0, 60)),
    );
    wide.push(...scrolling.map((text) => `${path}: ${text}`));
    await page.setViewportSize({ width: 360, height: 800 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) wide.push(`${path}: ${over} px wider than a phone`);
  }
  expect(wide).toEqual([]);
});

import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violationsInAllForms } from "./axe.js";
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

beforeAll(async () => {
  site = await serveSite();
  browser = await openBrowser();
  page = await browser.context.newPage();
});

afterAll(async () => {
  await browser?.close();
  site?.close();
});

test.each(checked)("%s: no violation of A or AA, light and dark, wide and narrow", async (path) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(site.url + path, { waitUntil: "load" });
  await page.waitForSelector("#app main, #app .VPContent");
  expect(await violationsInAllForms(page)).toEqual([]);
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

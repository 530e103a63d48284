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

test.each(checked)(
  "%s: no violation of A or AA in any form, no code that scrolls, no page too wide",
  async (path) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(site.url + path, { waitUntil: "load" });
    await page.waitForSelector("#app main, #app .VPContent");
    const scrolling = await page.evaluate(() =>
      [...document.querySelectorAll("pre")]
        .filter((block) => block.scrollWidth > block.clientWidth)
        .map((block) => block.textContent.slice(0, 60)),
    );
    expect(scrolling, "code that scrolls sideways at 1280 px").toEqual([]);
    expect(await violationsInAllForms(page)).toEqual([]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over, "pixels wider than a phone").toBeLessThanOrEqual(0);
  },
);

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { openBrowser, watch } from "./browser.js";
import { faults } from "./faults.js";
import { buildInsight } from "./insight-build.js";
import { serveSite } from "./site.js";

const served = (path: string) => fileURLToPath(new URL(`../public/insight/${path}`, import.meta.url));

/** What the packages make of the same files in Node: tests compare the page with it. */
export async function siteModel(step = 3125): Promise<{ model: Gpt; tokenizer: Tokenizer }> {
  const model = await Gpt.load(served(`base/step-${step}`));
  return { model, tokenizer: await siteTokenizer() };
}

export async function siteTokenizer(): Promise<Tokenizer> {
  return Tokenizer.fromHF(await readFile(served("base/tokenizer.json"), "utf8"));
}

export function siteText(): Promise<string> {
  return readFile(served("base/text.txt"), "utf8");
}

/**
 * The built site. Where INSIGHT_FAULT is set, the views alone: with the fault of that name built in, or with none for any other
 * name, which is the quickest way to try what one writes.
 */
export async function serveInsight(): Promise<{ url: string; close(): Promise<void> }> {
  const name = process.env["INSIGHT_FAULT"];
  if (!name) {
    const { url, close } = await serveSite();
    return { url, close: async () => close() };
  }
  const built = await buildInsight({ fault: faults[name] });
  const { url, close } = await serveSite({ folder: built.folder });
  return {
    url,
    async close() {
      close();
      await built.close();
    },
  };
}

/** Where the views are, and the browser they are looked at with. */
interface InsightSite {
  readonly url: string;
  readonly context: BrowserContext;
}

/** Serves the views and opens a browser for the tests of a file or a group, and closes both behind them. */
export function openInsight(): InsightSite {
  let site: Awaited<ReturnType<typeof serveInsight>>;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    site = await serveInsight();
    browser = await openBrowser();
    await browser.context.addInitScript(countUnanswered);
    await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  return {
    get url() {
      return site.url;
    },
    get context() {
      return browser.context;
    },
  };
}

/** Works in a page that is empty at first, and fails on what only its console would tell. */
export async function workIn<T>({ context, url }: InsightSite, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await context.newPage();
  const problems = watch(page, url);
  const result = await work(page);
  await page.close();
  expect(problems).toEqual([]);
  return result;
}

/** The same in a page that is at a state of /insight/. */
export const workAt = <T>(site: InsightSite, hash: string, work: (page: Page) => Promise<T>): Promise<T> =>
  workIn(site, async (page) => {
    await page.goto(`${site.url}insight/${hash}`, { waitUntil: "load" });
    return work(page);
  });

/** Opens a view in an empty page, whose clock then stands still until it is moved on. */
export async function openPaused(page: Page, address: string): Promise<void> {
  await page.clock.install();
  await page.goto(address);
  await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
  await page.clock.pauseAt(Date.now() + 3_600_000);
}

/** In the page: counts what its workers have not answered yet. */
function countUnanswered(): void {
  let count = 0;
  Object.assign(window, { unanswered: () => count });
  if (!window.Worker) return;
  window.Worker = class extends Worker {
    constructor(...how: ConstructorParameters<typeof Worker>) {
      super(...how);
      this.addEventListener("message", () => count--);
    }
    override postMessage(message: object, ...how: unknown[]): void {
      if ("method" in message) count++;
      Reflect.apply(super.postMessage, this, [message, ...how]);
    }
  };
}

/** Waits until the engine has answered all that the page has asked: what is shown changes no more by itself. */
export async function answered(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as unknown as { unanswered(): number }).unanswered() === 0);
}

/** What a button copies: it is in the clipboard a moment after the button is pressed. */
export async function copiedBy(button: Locator): Promise<string> {
  const page = button.page();
  const before = "nothing is copied yet";
  await page.evaluate((text) => navigator.clipboard.writeText(text), before);
  await button.press("Enter");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied, { timeout: 60_000 }).not.toBe(before);
  return copied();
}

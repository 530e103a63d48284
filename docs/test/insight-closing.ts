import type { BrowserContext, Page } from "playwright-core";
import { VIEWS } from "../insight/views.js";

/** The chapter that opens a view. */
const chapters: Readonly<Record<string, string>> = {
  data: "pretraining-data",
  tokens: "tokenisation",
  training: "training",
  inside: "network-internals",
  space: "base-models",
  before: "post-training",
  sampling: "inference",
};

/** What a page may hold more of after any number of openings: a browser keeps some of what it has compiled. */
const ROOM = { workers: 0, megabytes: 2, nodes: 300, listeners: 30 } as const;

type Held = Record<keyof typeof ROOM, number>;

/** Opens and closes each view so many times, by the site's own links. @returns what the page held more of at the end */
export async function leftAfter(context: BrowserContext, site: string, times: number): Promise<string[]> {
  const left: string[] = [];
  for (const { name: view } of VIEWS) {
    const page = await context.newPage();
    await page.goto(`${site}chapters/${chapters[view]}.html`, { waitUntil: "load" });
    // The first time loads and compiles what stays.
    await openAndClose(page, view);
    const before = await heldBy(context, page);
    for (let i = 0; i < times; i++) await openAndClose(page, view);
    const after = await heldBy(context, page);
    for (const [name, room] of Object.entries(ROOM) as [keyof Held, number][]) {
      if (after[name] > before[name] + room)
        left.push(`${view}: ${name} from ${before[name]} to ${after[name]}`);
    }
    await page.close();
  }
  return left;
}

async function openAndClose(page: Page, view: string): Promise<void> {
  const button = page.getByRole("button", { name: `Open the view: ${view}` });
  await button.click();
  await page.locator("[data-shown], [data-loaded]").first().waitFor({ timeout: 60_000 });
  await page.getByRole("link", { name: "Glossary" }).first().click();
  await page.getByRole("heading", { name: "Text and tokens" }).waitFor();
  await page.goBack();
  await button.waitFor();
}

async function heldBy(context: BrowserContext, page: Page): Promise<Held> {
  const session = await context.newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  const measured = (name: string) => metrics.find((metric) => metric.name === name)!.value;
  await session.detach();
  return {
    workers: page.workers().length,
    megabytes: measured("JSHeapUsedSize") / 1e6,
    nodes: measured("Nodes"),
    listeners: measured("JSEventListeners"),
  };
}

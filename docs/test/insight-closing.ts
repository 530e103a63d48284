import type { BrowserContext, Page } from "playwright-core";
import { STOPS } from "../insight/tour/stops.js";
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
const ROOM = { workers: 0, contexts: 0, megabytes: 2, nodes: 300, listeners: 30 } as const;

type Held = Record<keyof typeof ROOM, number>;

/**
 * How often a page is left and come back to before it is measured, without a view. A browser compiles what draws a page while it
 * is drawn again, for a chapter with many formulas to megabytes: that is the chapter's, whatever is opened in it.
 */
const VISITS = 20;

/** A way through views that ends where it began, with all of them closed. */
interface Round {
  readonly name: string;
  readonly start: string;
  /** Views that one round opens. */
  readonly openings: number;
  go(page: Page): Promise<void>;
  /** The same way without a view of its own. */
  visit(page: Page): Promise<void>;
}

const rounds: readonly Round[] = [
  ...VIEWS.map(({ name }) => ({
    name,
    start: `chapters/${chapters[name]}.html`,
    openings: 1,
    async go(page: Page) {
      await buttonOf(page, name).click();
      await isOpen(page);
      await this.visit(page);
    },
    async visit(page: Page) {
      await leave(page);
      await page.goBack();
      await buttonOf(page, name).waitFor();
    },
  })),
  { name: "the story", start: "glossary.html", openings: STOPS.length, go: tellTheStory, visit: seeAllViews },
];

/**
 * Opens and closes each view, and the views of the story, so many times, by the site's own links.
 * @returns what the page held more of at the end
 */
export async function leftAfter(context: BrowserContext, site: string, times: number): Promise<string[]> {
  const left: string[] = [];
  for (const round of rounds) {
    const { name, start, openings } = round;
    const page = await context.newPage();
    await page.addInitScript(countContexts);
    await page.goto(site + start, { waitUntil: "load" });
    for (let i = 0; i < VISITS; i++) await round.visit(page);
    // The first time loads and compiles what stays.
    await round.go(page);
    const before = await heldBy(context, page);
    for (let i = 0; i < times; i += openings) await round.go(page);
    const after = await heldBy(context, page);
    for (const [what, room] of Object.entries(ROOM) as [keyof Held, number][]) {
      if (after[what] > before[what] + room)
        left.push(`${name}: ${what} from ${before[what]} to ${after[what]}`);
    }
    await page.close();
  }
  return left;
}

const buttonOf = (page: Page, view: string) => page.getByRole("button", { name: `Open the view: ${view}` });

/** From the glossary to the page of all views and back. */
async function seeAllViews(page: Page): Promise<void> {
  await goToAllViews(page);
  await leave(page);
}

/** From the glossary through all stops and back. */
async function tellTheStory(page: Page): Promise<void> {
  await goToAllViews(page);
  await opensAnother(page, /Begin the story/);
  for (let stop = 2; stop <= STOPS.length; stop++) await opensAnother(page, new RegExp(`^Stop ${stop}:`));
  await leave(page);
}

async function goToAllViews(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Insight" }).first().click();
  await isOpen(page);
}

const isOpen = (page: Page) =>
  page.locator("[data-shown], [data-loaded]").first().waitFor({ timeout: 60_000 });

/** Presses what opens another view in the place of the one that is open. */
async function opensAnother(page: Page, button: RegExp): Promise<void> {
  const former = (await page.locator(".insight-view > div").elementHandle())!;
  await page.locator(".tour").getByRole("button", { name: button }).click();
  await former.waitForElementState("hidden");
  await former.dispose(); // it would keep the view
  await isOpen(page);
}

async function leave(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Glossary" }).first().click();
  await page.getByRole("heading", { name: "Text and tokens" }).waitFor();
}

/** In the page: remembers each context of a graphics card, as long as something else keeps it. */
function countContexts(): void {
  const made: WeakRef<WebGL2RenderingContext>[] = [];
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...how: unknown[]) {
    const context = Reflect.apply(getContext, this, how);
    if (context instanceof WebGL2RenderingContext) made.push(new WeakRef(context));
    return context;
  } as typeof getContext;
  Object.assign(globalThis, {
    liveContexts: () => made.filter((each) => each.deref()?.isContextLost() === false).length,
  });
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
    contexts: await page.evaluate(() => (globalThis as unknown as { liveContexts(): number }).liveContexts()),
    megabytes: measured("JSHeapUsedSize") / 1e6,
    nodes: measured("Nodes"),
    listeners: measured("JSEventListeners"),
  };
}

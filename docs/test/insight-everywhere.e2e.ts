// What holds for every view, however it is looked at, and whatever the browser lacks.
import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { VIEWS } from "../insight/views.js";
import { violationsInAllForms } from "./axe.js";
import { openBrowser, watch } from "./browser.js";
import { answered, openInsight } from "./insight.js";

const site = openInsight();

/** A view that has something to show: what it is opened with, and what it takes. */
interface Use {
  readonly state: string;
  /** What is drawn last of it, where that comes after what it shows. */
  readonly last?: string;
  /** Something that is done with the view, by keyboard alone; it computes. */
  act(page: Page): Promise<void>;
}

const isSet = (page: Page, name: string, value: string) =>
  page.waitForFunction(
    ([name, value]) => document.querySelector<HTMLElement>(`[data-${name}]`)?.dataset[name!] === value,
    [name, value] as const,
    { timeout: 60_000 },
  );

/** Waits until what is shown is another than before the work. */
async function changes(page: Page, work: () => Promise<void>): Promise<void> {
  const shown = () => document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"];
  const before = await page.evaluate(shown);
  await work();
  await page.waitForFunction(
    (before) => {
      const now = document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"];
      return now !== undefined && now !== before;
    },
    before,
    { timeout: 60_000 },
  );
}

async function press(page: Page, key: string): Promise<void> {
  await page.locator(".insight").focus();
  await page.keyboard.press(key);
}

async function type(page: Page, field: string, text: string): Promise<void> {
  await page.getByLabel(field, { exact: true }).focus();
  await page.keyboard.press("ControlOrMeta+a");
  // In one go, so that it is drawn once.
  await page.keyboard.insertText(text);
}

const uses: Readonly<Record<string, Use>> = {
  data: { state: "", act: (page) => changes(page, () => press(page, "n")) },
  tokens: { state: "", act: (page) => changes(page, () => type(page, "Your text", "a cat")) },
  training: {
    state: "?steps=3&nEmbd=16&batchSize=2",
    async act(page) {
      await press(page, "s");
      await isSet(page, "step", "3");
    },
  },
  inside: {
    state: "",
    last: ".block-picture[data-block]",
    act: (page) => changes(page, () => type(page, "Text that runs through the model", "a cat")),
  },
  space: {
    state: "",
    last: "[data-next]",
    act: (page) => changes(page, () => type(page, "Text that runs through the model", "a cat")),
  },
  before: { state: "", act: (page) => changes(page, () => type(page, "Text to be surprised by", "a cat")) },
  sampling: { state: "", act: (page) => changes(page, () => press(page, "d")) },
};

const views = VIEWS.map(({ name }) => name);

test("every view is used here", () => {
  expect(views.filter((view) => !(view in uses))).toEqual([]);
});

/** Opens a view and waits until it shows something. */
async function open(
  view: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
  from: Pick<typeof site, "context"> = site,
) {
  const page = await from.context.newPage();
  const problems = watch(page, site.url);
  await prepare(page);
  await page.goto(`${site.url}insight/#v1/${view}${uses[view]!.state}`);
  await page.locator("[data-shown], [data-loaded]").first().waitFor({ timeout: 60_000 });
  return {
    page,
    async done(expected = /^$/) {
      await page.close();
      expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
    },
  };
}

test.each(views)(
  "%s goes on without a connection, by keyboard alone, on a phone, and in colours of the reader's own, without a violation of A or AA",
  async (view) => {
    const { page, done } = await open(view);
    const { act, last } = uses[view]!;
    if (last) await page.locator(last).first().waitFor({ timeout: 60_000 });
    await answered(page);
    await page.context().setOffline(true);
    await act(page).finally(() => page.context().setOffline(false));
    await answered(page);
    expect(await page.locator(".insight-warning").innerText()).toBe("");

    expect(await missedByTab(page)).toEqual([]);
    // What is folded is looked at, too.
    await page.evaluate(() => {
      for (const details of document.querySelectorAll<HTMLDetailsElement>(".insight details"))
        details.open = true;
    });
    expect(await violationsInAllForms(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await tooSmall(page)).toEqual([]);
    await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    expect(await lostInForcedColours(page)).toEqual([]);
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect }) => (effect as KeyframeEffect).target?.closest(".insight"))
        .map((animation) => animation.id),
    );
    expect(moving).toEqual([]);
    await done();
  },
);

test("what has the focus keeps it while the view is drawn anew", async () => {
  const { page, done } = await open("tokens");
  const line = page.locator(".token-columns .token-line");
  await line.nth(1).focus();
  await changes(page, () =>
    page.evaluate(() => {
      location.hash = "#v1/tokens?text=another%20text";
    }),
  );
  expect(await line.nth(1).evaluate((drawn) => drawn === document.activeElement)).toBe(true);
  // What the reader has left is not brought back.
  await line.nth(1).evaluate((drawn) => drawn.blur());
  await changes(page, () =>
    page.evaluate(() => {
      location.hash = "#v1/tokens?text=a%20third";
    }),
  );
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  await done();
});

/** What Tab does not reach, where the focus cannot be seen, and whether it stays in the view for good. */
async function missedByTab(page: Page): Promise<string[]> {
  const wanted = await page.evaluate(() => {
    const usable =
      "a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary, [tabindex='0']";
    const all = [...document.querySelectorAll<HTMLElement>(`.insight :is(${usable})`)];
    const seen = all.filter((element) => element.checkVisibility() && !element.closest("dialog"));
    for (const [i, element] of seen.entries()) element.dataset["stop"] = `${i}`;
    return seen.map((element) => element.outerHTML.slice(0, 120));
  });
  expect(wanted.length).toBeGreaterThan(10);
  await page.locator(".insight").focus();
  const reached = new Set<number>();
  const missed: string[] = [];
  for (let i = 0; i < wanted.length + 10; i++) {
    await page.keyboard.press("Tab");
    const { stop, isOutlined, words } = await page.evaluate(() => {
      const { activeElement } = document;
      const isElement = activeElement instanceof HTMLElement || activeElement instanceof SVGElement;
      const isInside = isElement && activeElement.closest(".insight");
      if (!isInside) return { stop: undefined, isOutlined: true, words: "" };
      const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
      return {
        stop: activeElement.dataset["stop"],
        isOutlined: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
        words: activeElement.outerHTML.slice(0, 120),
      };
    });
    if (!isOutlined) missed.push(`cannot be seen: ${words}`);
    if (stop === undefined) return [...missed, ...wanted.filter((_, i) => !reached.has(i))];
    reached.add(Number(stop));
  }
  return [...missed, "Tab does not leave the view"];
}

/** What a finger hardly hits, what can hardly be read, and what is wider than the page. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const words = (what: string, elements: Element[]) =>
      elements.map((element) => `${what}: ${element.outerHTML.slice(0, 160)}`);
    const pressed = "a[href], button, input, select, textarea, summary, canvas[tabindex]";
    const targets = [...document.querySelectorAll<HTMLElement>(`.insight :is(${pressed})`)];
    const narrow = targets.filter((element) => {
      if (!element.checkVisibility()) return false;
      // A label is pressed for its field.
      const box = (element.closest("label") ?? element).getBoundingClientRect();
      return Math.min(box.width, box.height) < 24;
    });
    const texts = [...document.querySelectorAll<HTMLElement | SVGElement>(".insight :not(style)")].filter(
      (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim()),
    );
    const sizeOf = (element: Element) => {
      const scale = element instanceof SVGGraphicsElement ? Math.abs(element.getScreenCTM()?.d ?? 1) : 1;
      return Number.parseFloat(getComputedStyle(element).fontSize) * scale;
    };
    const over = document.documentElement.scrollWidth - innerWidth;
    return [
      ...words("a target below 24 px", narrow),
      ...words(
        "a text below 12 px",
        texts.filter((element) => sizeOf(element) < 11.99),
      ),
      ...(over > 0 ? [`${over} px wider than a phone`] : []),
    ];
  });
}

/** What tells something apart, and is not to be seen where the reader's own colours take the place of ours. */
function lostInForcedColours(page: Page): Promise<string[]> {
  const marks =
    ".stage li:not(.ghost) i, .draw-line > .drawn, .cache .kept, .race-bar, .token, .attention-line span, .scheme-box[aria-current], svg.chart path";
  return page.evaluate((marks) => {
    const around = getComputedStyle(document.body).backgroundColor;
    const isPaint = (paint: string) => !["none", around, "rgba(0, 0, 0, 0)"].includes(paint);
    const isSeen = (element: Element) => {
      const style = getComputedStyle(element);
      if (element instanceof SVGElement) return isPaint(style.stroke) || isPaint(style.fill);
      const hasEdge = style.outlineStyle !== "none" || style.borderTopStyle !== "none";
      return hasEdge || isPaint(style.backgroundColor);
    };
    return [...document.querySelectorAll(`.insight :is(${marks})`)]
      .filter((element) => !isSeen(element))
      .map((element) => element.outerHTML.slice(0, 160));
  }, marks);
}

test.each(views)(
  "%s without a worker, and without a canvas, so without WebGL too: it says so, and has the numbers in tables",
  async (view) => {
    const { page, done } = await open(view, (page) =>
      page.addInitScript(() => {
        Object.assign(globalThis, { Worker: undefined });
        HTMLCanvasElement.prototype.getContext = () => null;
      }),
    );
    const note = await page.locator(".insight-note").innerText();
    await uses[view]!.act(page);
    expect(note + (await page.locator(".insight-note").innerText())).toContain("the page itself computes");
    if (await page.locator(".insight canvas").count()) {
      expect(await page.getByText("This browser draws no canvas").count()).toBeGreaterThan(0);
    }
    await page.locator(".insight-table summary").first().press("Enter");
    await page.locator(".insight-table[open] td").first().waitFor({ state: "attached" });
    await done(/No available adapters/);
  },
);

test("without SIMD a view works slowly and says so, or says that it cannot work", async () => {
  const plain = await openBrowser({ simd: false });
  const page = await plain.context.newPage();
  const problems = watch(page, site.url);
  for (const [view, words] of [
    ["sampling", "as ids, such as #84"],
    ["inside", "as ids, such as #84"],
    ["space", "as ids, such as #84"],
    ["data", "so near-duplicates are not looked for"],
    ["tokens", "without which no text becomes tokens"],
    ["training", "without which no text becomes tokens to learn from"],
  ] as const) {
    await page.goto(`${site.url}insight/#v1/${view}${uses[view]!.state}`);
    await page.reload();
    if (view === "training") await page.getByRole("button", { name: /Start/ }).click();
    else if (view !== "tokens") {
      await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
      await uses[view]!.act(page);
    }
    await page.locator(".insight").getByText(words).first().waitFor({ timeout: 60_000 });
  }
  await plain.close();
  expect(problems.filter((problem) => !/No available adapters/.test(problem))).toEqual([]);
});

test("no task of the page's thread computes for more than 100 ms during 100 steps of training", async () => {
  const page = await site.context.newPage();
  await page.goto(`${site.url}insight/#v1/training?steps=100&nEmbd=16&batchSize=2`);
  await page.locator('[data-step="0"]').waitFor();
  const session = await site.context.newCDPSession(page);
  const longest = await longestTask(session, async () => {
    await press(page, "s");
    await isSet(page, "step", "100");
  });
  expect(longest.count).toBeGreaterThan(10);
  expect(longest.milliseconds).toBeLessThan(100);
  await page.close();
});

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds that the thread itself computed: another program that is busy does not count. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task of the threads that run pages, while something is done. */
async function longestTask(session: CDPSession, work: () => Promise<void>) {
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send("Tracing.start", {
    traceConfig: { includedCategories: ["toplevel", "disabled-by-default-devtools.timeline"] },
    transferMode: "ReportEvents",
  });
  await work();
  const ended = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await ended;
  const main = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(
    ({ name, pid, tid, tdur }) => /RunTask/.test(name) && tdur !== undefined && main.has(`${pid} ${tid}`),
  );
  return { count: tasks.length, milliseconds: Math.max(...tasks.map(({ tdur }) => tdur! / 1000)) };
}

// A reader who has never seen the project: a sentence, its tokens, attention and next tokens, another temperature, a run, a link.
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { watch } from "./browser.js";
import { openInsight, siteTokenizer } from "./insight.js";

const site = openInsight();

const sentence = "The mill stands by the river";

/** How the reader works: with a mouse, or with keys alone. */
interface Hand {
  press(page: Page, role: "link" | "button", name: string | RegExp): Promise<void>;
  write(page: Page, label: string, text: string): Promise<void>;
  slide(page: Page, name: string, to: string): Promise<void>;
  choose(page: Page, value: string): Promise<void>;
  /** Goes on in the walk through the network. */
  readOn(page: Page): Promise<void>;
}

const mouse: Hand = {
  press: (page, role, name) => page.getByRole(role, { name }).first().click(),
  write: (page, label, text) => page.getByLabel(label, { exact: true }).fill(text),
  slide: (page, name, to) => page.getByRole("slider", { name }).fill(to),
  async choose(page, value) {
    await page.locator("[data-models]").selectOption(value);
  },
  readOn: (page) => page.getByRole("button", { name: "On (Space)" }).click(),
};

/** Goes on with Tab until this element has the focus. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  await page.locator(".insight").focus();
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press("Tab");
    if (await element.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab does not reach ${element}.`);
}

const keys: Hand = {
  async press(page, role, name) {
    await tabTo(page, page.getByRole(role, { name }).first());
    await page.keyboard.press("Enter");
  },
  async write(page, label, text) {
    await tabTo(page, page.getByLabel(label, { exact: true }));
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(text);
  },
  async slide(page, name, to) {
    const slider = page.getByRole("slider", { name });
    await tabTo(page, slider);
    for (let i = 0; i < 100 && (await slider.inputValue()) !== to; i++)
      await page.keyboard.press("ArrowRight");
  },
  async choose(page, value) {
    const list = page.locator("[data-models]");
    const far = await list.evaluate((list, value) => {
      const { options, selectedIndex } = list as HTMLSelectElement;
      return [...options].findIndex((option) => option.value === value) - selectedIndex;
    }, value);
    await tabTo(page, list);
    for (let i = 0; i < Math.abs(far); i++) await page.keyboard.press(far > 0 ? "ArrowDown" : "ArrowUp");
    expect(await list.inputValue()).toBe(value);
  },
  async readOn(page) {
    const canvas = page.locator(".space-picture canvas");
    if (!(await canvas.evaluate((canvas) => canvas === document.activeElement))) await tabTo(page, canvas);
    await page.keyboard.press("Space");
  },
};

const shown = (page: Page, what: string) =>
  page.waitForFunction(
    (what) => document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.includes(what),
    what,
    { timeout: 120_000 },
  );

/** The first stage's bars: each token with its probability. */
const bars = (page: Page) =>
  page
    .locator('.stage[data-stage="model"] li')
    .evaluateAll((all) => all.map(({ dataset }) => `${dataset["id"]} ${dataset["p"]}`));

/** Reads the walk through the network to its end, part by part. @returns what each is called, and what it says */
async function readAll(hand: Hand, page: Page): Promise<string[]> {
  const title = page.locator(".space-walk h3");
  await title.getByText("1 of 9").waitFor({ timeout: 60_000 });
  const read: string[] = [];
  for (;;) {
    const name = await title.innerText();
    read.push(`${name} ${await page.locator(".space-phases .now p").innerText()}`);
    if (await page.getByRole("button", { name: "On (Space)" }).isDisabled()) return read;
    await hand.readOn(page);
    await expect.poll(() => title.innerText(), { timeout: 60_000 }).not.toBe(name);
  }
}

async function walk(hand: Hand): Promise<{ link: string; read: string[] }> {
  const ids = [...(await siteTokenizer()).encodeOrdinary(sentence)];
  const page = await site.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(`${site.url}insight/`);

  await hand.press(page, "link", "Tokens");
  await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
  await hand.write(page, "Your text", sentence);
  const tokens = page.locator('[aria-label="The site\'s 512 tokens"] .token');
  await expect.poll(() => tokens.count(), { timeout: 60_000 }).toBe(ids.length);
  expect(
    await tokens.evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["id"]))),
  ).toEqual(ids);

  // The sentence goes along from view to view.
  await hand.press(page, "link", "Inside");
  await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
  const map = page.locator(".attention-maps canvas").first();
  await expect.poll(() => map.evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBe(ids.length);

  await hand.press(page, "link", "In 3D");
  await shown(page, ids.join("."));
  const read = await readAll(hand, page);
  expect(read[0]).toContain("1 of 9");
  expect(read.at(-1)).toContain("9 of 9");
  expect(read.length).toBeGreaterThan(25);

  await hand.press(page, "link", "Sampling");
  await shown(page, ids.join("."));
  const before = await page.locator('.stage[data-stage="temperature"]').innerText();
  await hand.slide(page, "temperature", "1.5");
  await expect.poll(() => page.locator('.stage[data-stage="temperature"]').innerText()).not.toBe(before);
  const base = await bars(page);

  // A run of a small network: its bars are others after each stretch of steps.
  await hand.press(page, "link", "Training");
  await page.locator('[data-step="0"]').waitFor({ timeout: 60_000 });
  await hand.press(page, "button", "One step");
  await page.locator('[data-step="1"]').waitFor({ timeout: 60_000 });
  await hand.press(page, "link", "Sampling");
  await shown(page, ids.join("."));
  await hand.choose(page, "run");
  await expect.poll(() => bars(page), { timeout: 60_000 }).not.toEqual(base);
  const early = await bars(page);
  await hand.press(page, "link", "Training");
  // The run goes on where it was.
  await page.locator('[data-step="1"]').waitFor({ timeout: 60_000 });
  await hand.press(page, "button", "One step");
  await page.locator('[data-step="2"]').waitFor({ timeout: 60_000 });
  await page.goBack();
  await page.locator('.stage[data-stage="model"] li').first().waitFor({ timeout: 60_000 });
  await expect.poll(() => bars(page), { timeout: 60_000 }).not.toEqual(early);

  await hand.choose(page, "base-3125");
  await hand.slide(page, "temperature", "1.5");
  await expect.poll(() => bars(page), { timeout: 60_000 }).toEqual(base);
  await hand.press(page, "button", "Copy link");
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.close();
  expect(problems).toEqual([]);

  const phone = await site.context.newPage();
  await phone.setViewportSize({ width: 360, height: 780 });
  await phone.goto(link);
  await shown(phone, ids.join("."));
  expect(await bars(phone)).toEqual(base);
  expect(await phone.getByRole("slider", { name: "temperature" }).inputValue()).toBe("1.5");
  expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
    0,
  );
  await phone.close();
  return { link, read };
}

test("a sentence, its tokens, attention and next tokens, another temperature, a run and a link: by mouse and by keys", async () => {
  expect(await walk(keys)).toEqual(await walk(mouse));
});

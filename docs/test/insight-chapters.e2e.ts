// The walk in 3D, phase by phase: each is read with its tensors before the eye, and the operations that make them.
import { type GptConfig, presets } from "@llm/gpt";
import { describe as describeModel } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { isProduct, type Operation, operationsOf } from "../insight/flow/operations.js";
import { nextOf, PACE } from "../insight/flow/run-through.js";
import { isAbout } from "../insight/views/space/chapter.js";
import { type Spot, Walk, wordsOf } from "../insight/views/space/phases.js";
import { SWEPT } from "../insight/views/space/sweep.js";
import { CHAPTERS } from "../insight/views/space/walk.js";
import { answered, openInsight, openPaused, siteModel, workAt, workIn } from "./insight.js";
import { llama } from "./insight-models.js";
import { panelsOf } from "./insight-space.js";

const site = openInsight();

beforeAll(async () => {
  await useEngine("wasm", { threads: 1 });
});

function walkOf(config: GptConfig): { walk: Walk; operations: Operation[] } {
  const operations = operationsOf(describeModel(config, { detail: true }));
  const shapes = new Map(panelsOf(config, 8).map(({ box }) => [box.name, box.shape]));
  return { walk: new Walk({ shapes }, operations), operations };
}

async function walkOfSite() {
  const { model } = await siteModel();
  const { config } = model;
  model.dispose();
  return walkOf(config);
}

/** From the first phase to the last. */
function spotsOf(walk: Walk): Spot[] {
  const spots: Spot[] = [];
  for (let at: Spot | undefined = { chapter: 1, phase: 1 }; at; at = walk.from(at, 1)) spots.push(at);
  return spots;
}

const named = ({ chapter, phase }: Spot) => `#v1/space?chapter=${chapter}&phase=${phase}`;

/** Waits until a phase is read: it is marked, and so is no other. */
const isRead = (page: Page, walk: Walk, { chapter, phase }: Spot) =>
  page.waitForFunction(
    ([title, mark]) =>
      document.querySelector(".space-walk h3")!.textContent === title &&
      [...document.querySelectorAll(".space-phases [aria-current]")].map((mark) => mark.textContent)[0] ===
        mark,
    [
      `${chapter} of 9: ${CHAPTERS[chapter - 1]!.title}, part ${phase} of ${walk.phasesOf(chapter).length}`,
      `${phase}`,
    ] as const,
  );

const isAt = (page: Page, at: number, of: number) =>
  page.waitForFunction(
    (start) => document.querySelector(".flow-words")!.textContent!.startsWith(start),
    at === 0 ? "Everything is computed" : `${at} of ${of}. `,
  );

const canvas = (page: Page) => page.locator(".space-picture canvas");
const framesOf = (page: Page) => canvas(page).getAttribute("data-frames");

test.each([
  ["GPT-2", { ...presets.gpt2, nLayer: 2 }],
  ["a Llama", llama],
])("%s: each operation of a chapter is made in one of its phases, in their order", (_, config) => {
  const { walk, operations } = walkOf(config);
  const tensors = new Set(panelsOf(config, 8).map(({ box }) => box.name));
  for (const [i, chapter] of CHAPTERS.entries()) {
    const phases = walk.phasesOf(i + 1);
    expect(phases.length, chapter.title).toBeGreaterThan(1);
    const made = phases.flatMap(({ steps }) =>
      steps ? operations.slice(steps.first - 1, steps.last).map(({ output }) => output) : [],
    );
    const own = operations.filter(({ output }) => isAbout(chapter, output)).map(({ output }) => output);
    expect(made, chapter.title).toEqual(own);
    for (const phase of phases) {
      expect(
        [...tensors].some((name) => isAbout(phase, name)),
        wordsOf(phase),
      ).toBe(true);
    }
  }
  // The way back is the way there.
  const spots = spotsOf(walk);
  expect(spots.slice(1).map((spot) => walk.from(spot, -1))).toEqual(spots.slice(0, -1));
  expect(spots.map(({ chapter }) => chapter).at(-1)).toBe(CHAPTERS.length);
});

test("a tensor has a chapter that is about it, and a phase", async () => {
  const { walk } = await walkOfSite();
  const about = (tensor: string) => {
    const spot = walk.about(tensor)!;
    return [CHAPTERS[spot.chapter - 1]!.title, wordsOf(walk.at(spot)).slice(0, 20)];
  };
  expect(about("h.0.attn.weights")).toEqual(["Attention", "Last, each power is "]);
  expect(about("h.0.mlp.c_proj.weight")).toEqual(["The MLP", "A second matrix, W₂,"]);
  expect(about("h.1.attn.weights")[0]).toBe("Block after block");
  expect(about("logits")[0]).toBe("Logits");
  expect(walk.about("")).toBeUndefined();
  const turned = walkOf(llama).walk;
  expect(wordsOf(turned.at(turned.about("h.0.attn.q_rotated")!))).toContain("then turned");
});

test.each([
  ["GPT-2", presets.gpt2],
  ["a Llama", llama],
])("%s: the rows of the MLP are told as long as they are drawn", (_, config) => {
  const { walk } = walkOf({ ...config, nLayer: 1 });
  const drawn = panelsOf({ ...config, nLayer: 1 }, 8).find(({ box }) => box.name === "h.0.mlp.c_fc.weight")!;
  const words = wordsOf(walk.at(walk.about("h.0.mlp.c_fc.weight")!));
  for (const extent of drawn.box.shape) expect(words).toContain(` ${extent.toLocaleString("en")}`);
});

test("a link to a cell opens at the phase that is about it, and a copied one reopens as it was", async () => {
  const { walk } = await walkOfSite();
  await workAt(site, "#v1/space?tensor=h.0.attn.masked&cell=0.0.3.2", async (page) => {
    await page.locator('[data-cell="h.0.attn.masked 0.0.3.2"]').waitFor({ timeout: 60_000 });
    const spot = walk.about("h.0.attn.masked")!;
    await isRead(page, walk, spot);
    expect(spot).toEqual({ chapter: 5, phase: 3 });
    // What is read stays, whatever the reader points at.
    await canvas(page).focus();
    await page.keyboard.press("k");
    await page.locator('[data-cell^="h.0.attn.weights"]').waitFor();
    await page.waitForFunction(() => location.hash.includes("tensor=h.0.attn.weights"));
    await page.reload();
    await page.locator('[data-cell^="h.0.attn.weights"]').waitFor({ timeout: 60_000 });
    await isRead(page, walk, spot);
  });
  await workAt(site, "#v1/space", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await canvas(page).focus();
    await page.keyboard.press("k");
    await page.waitForFunction(() => location.hash.includes("tensor="));
    await page.reload();
    await page.locator("[data-cell]").waitFor({ timeout: 60_000 });
    await isRead(page, walk, { chapter: 1, phase: 1 });
  });
});

test("a hand on the picture pauses it, and the eye stays", async () => {
  const { operations } = await walkOfSite();
  await workAt(site, "#v1/space?chapter=3", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await canvas(page).focus();
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Space");
    await page.waitForFunction(() => location.hash.includes("play=yes"));
    await page.keyboard.press("q");
    await page.waitForFunction(() => !location.hash.includes("play="));
    // What it has done is drawn with the next picture.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    const camera = await canvas(page).getAttribute("data-camera");
    const words = await page.locator(".flow-words").innerText();
    expect(words).toContain(`of ${operations.length}. `);
    await page.waitForTimeout(2500);
    expect(await page.locator(".flow-words").innerText()).toBe(words);
    await expect.poll(() => canvas(page).getAttribute("data-camera")).toBe(camera);
  });
});

test("where motion is to be reduced nothing begins: the phase stands there whole, and p steps through it", async () => {
  const { walk, operations } = await walkOfSite();
  await workIn(site, async (page) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${site.url}insight/#v1/space?chapter=2&phase=4`);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await canvas(page).focus();
    await page.keyboard.press("Space");
    await isRead(page, walk, { chapter: 3, phase: 1 });
    await page.waitForTimeout(1500);
    expect(await page.locator(".flow-words").innerText()).toContain("Everything is computed");
    const { steps } = walk.at({ chapter: 3, phase: 1 });
    for (const step of [steps!.first, steps!.first + 1]) {
      await page.keyboard.press("p");
      await isAt(page, step, operations.length);
    }
    expect(await canvas(page).getAttribute("data-filled")).toBe("1");
  });
});

// The clock is the browser's: these come last.
/** Looks on while a phase's operations are made, until it rests. */
async function lookOn(page: Page, spot: Spot, { walk, operations }: Awaited<ReturnType<typeof walkOfSite>>) {
  const { steps, before } = walk.at(spot);
  const { play } = CHAPTERS[spot.chapter - 1]!;
  const all = operations.length;
  const name = named(spot);
  if (!steps) {
    await isAt(page, before, all);
    await page.clock.runFor(700);
  } else {
    await isAt(page, steps.first, all);
    const frames = await framesOf(page);
    await page.clock.runFor(300);
    expect(await framesOf(page), `${name} moves`).not.toBe(frames);
    const paceOf = (at: number) =>
      play === "layers" ? PACE.layers : isProduct(operations[at - 1]!) ? SWEPT : PACE.yes;
    let at = steps.first;
    while (at < steps.last) {
      await page.clock.fastForward(paceOf(at));
      at = Math.min(all, nextOf(operations, at, play));
      await isAt(page, at, all);
    }
    await page.clock.runFor(paceOf(at) + 100);
    await isAt(page, steps.last, all);
    // Lines show where one of its cells comes from.
    await page.locator('.space-picture canvas:not([data-lines="0"])').waitFor();
  }
  await answered(page);
  await page.clock.runFor(100);
  const last = await framesOf(page);
  await page.clock.fastForward(8000);
  expect(await framesOf(page), `${name} rests`).toBe(last);
  await isAt(page, steps?.last ?? before, all);
  expect(page.url()).not.toContain("play=");
}

test("Space reads phase by phase, each makes its own and rests; Backspace goes back, and a reload and old links open where they were", async () => {
  const site3d = await walkOfSite();
  const { walk } = site3d;
  await workIn(site, async (page) => {
    await openPaused(page, `${site.url}insight/#v1/space?chapter=4`);
    // A link of a chapter alone.
    await isRead(page, walk, { chapter: 4, phase: 1 });
    await canvas(page).focus();
    const spots = spotsOf(walk);
    const begin = spots.findIndex(({ chapter }) => chapter === 4);
    const end = spots.findIndex(({ chapter, phase }) => chapter === 6 && phase === 2);
    const scrolled = await page.evaluate(() => scrollY);
    for (const spot of spots.slice(begin + 1, end)) {
      await page.keyboard.press("Space");
      await isRead(page, walk, spot);
      await lookOn(page, spot, site3d);
      // The paragraph is in sight, and the page has not moved.
      const isSeen = await page.locator(".space-phases .now").evaluate((now) => {
        const [own, around] = [now, now.parentElement!].map((each) => each.getBoundingClientRect());
        return own!.top >= around!.top - 1 && own!.top < around!.bottom - 20;
      });
      expect(isSeen, named(spot)).toBe(true);
    }
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);

    // In a run, too, a press is one phase on and not a chapter.
    await page.keyboard.press("Space");
    await isRead(page, walk, spots[end]!);
    await page.keyboard.press("Space");
    await isRead(page, walk, spots[end + 1]!);
    await page.keyboard.press("Backspace");
    await isRead(page, walk, spots[end]!);
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    const last = { chapter: 5, phase: walk.phasesOf(5).length };
    await isRead(page, walk, last);
    await page.reload();
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await isRead(page, walk, last);
    await page.goBack();
    await isRead(page, walk, spots[end - 1]!);

    // A paragraph's number leads to it, by press and by key, and keeps the focus.
    const mark = page.getByRole("button", { name: "Part 3 of 3" });
    await mark.press("Enter");
    await isRead(page, walk, { chapter: 6, phase: 3 });
    expect(await mark.evaluate((mark) => mark === document.activeElement)).toBe(true);
    expect(await page.locator(".insight-live").innerText()).toContain(
      "6 of 9: What attention brings, part 3 of 3. That sum",
    );
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await isRead(page, walk, { chapter: 6, phase: 2 });
  });
});

test("the whole network is made a layer at a time", async () => {
  const site3d = await walkOfSite();
  const { walk, operations } = site3d;
  await workIn(site, async (page) => {
    await openPaused(page, `${site.url}insight/#v1/space`);
    await canvas(page).focus();
    await page.keyboard.press("Space");
    await isRead(page, walk, { chapter: 1, phase: 2 });
    await page.keyboard.press("Backspace");
    await isRead(page, walk, { chapter: 1, phase: 1 });
    await lookOn(page, { chapter: 1, phase: 1 }, site3d);
    expect(walk.at({ chapter: 1, phase: 1 }).steps).toEqual({ first: 1, last: operations.length });
  });
});

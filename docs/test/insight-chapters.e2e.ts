// The chapters of the walk in 3D: each is opened with an animation of its own.
import { describe as describeModel } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { operationsOf } from "../insight/views/flow/operations.js";
import { firstOf, nextOf, PACE } from "../insight/views/flow/run-through.js";
import { isAbout } from "../insight/views/space/chapter.js";
import { CHAPTERS } from "../insight/views/space/walk.js";
import { openInsight, siteModel, workAt } from "./insight.js";

const site = openInsight();

beforeAll(async () => {
  await useEngine("wasm", { threads: 1 });
});

/** The steps that a chapter makes, counted from 1. */
async function stepsOf(): Promise<{ all: number; chapters: number[][] }> {
  const { model } = await siteModel();
  const operations = operationsOf(describeModel(model, { detail: true }));
  model.dispose();
  const chapters = CHAPTERS.map((chapter) => {
    const isOf = (tensor: string) => isAbout(chapter, tensor);
    const last = 1 + operations.findLastIndex(({ output }) => isOf(output));
    const steps = [firstOf(operations, isOf)];
    while (steps.at(-1)! < last) {
      steps.push(Math.min(operations.length, nextOf(operations, steps.at(-1)!, chapter.play)));
    }
    return steps;
  });
  return { all: operations.length, chapters };
}

const isAt = (page: Page, at: number, of: number) =>
  page.waitForFunction(
    (start) => document.querySelector(".flow-words")!.textContent!.startsWith(start),
    `${at} of ${of}. `,
  );

const framesOf = (page: Page) => page.locator(".space-picture canvas").getAttribute("data-frames");

test("a chapter's steps are its own: all of them, or one for each layer; the last one ends it", async () => {
  const { all, chapters } = await stepsOf();
  for (const [i, steps] of chapters.entries()) {
    expect(steps.length, CHAPTERS[i]!.title).toBeGreaterThan(1);
    expect(steps, CHAPTERS[i]!.title).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(steps.length, CHAPTERS[i]!.title).toBeLessThan(16);
  }
  expect(chapters[0]!.at(-1)).toBe(all);
});

test("each chapter begins by itself when it is opened, by Space or Backspace, and rests at its end", async () => {
  const { all, chapters } = await stepsOf();
  await workAt(site, "", async (page) => {
    await page.clock.install();
    await page.goto(`${site.url}insight/#v1/space`);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await page.locator(".space-picture canvas").focus();
    const order = [2, 3, 4, 5, 6, 7, 8, 9].map((chapter) => ["Space", chapter] as const);
    const back = [8].map((chapter) => ["Backspace", chapter] as const);
    for (const [key, chapter] of [...order, ...back]) {
      await page.keyboard.press(key);
      const steps = chapters[chapter - 1]!;
      await page.waitForFunction(
        (start) => document.querySelector(".space-walk h3")!.textContent!.startsWith(start),
        `${chapter} of 9`,
      );
      await isAt(page, steps[0]!, all);
      const before = await framesOf(page);
      await page.clock.runFor(300);
      expect(await framesOf(page), `chapter ${chapter} moves`).not.toBe(before);
      for (const step of steps.slice(1)) {
        await page.clock.fastForward(PACE[CHAPTERS[chapter - 1]!.play]);
        await isAt(page, step, all);
      }
      // No way of the camera, and no step, is longer.
      await page.clock.runFor(600);
      // Then lines show where one of its cells comes from.
      await page.locator('.space-picture canvas:not([data-lines="0"])').waitFor();
      await page.clock.runFor(100);
      const last = await framesOf(page);
      await page.clock.fastForward(5000);
      expect(await framesOf(page), `chapter ${chapter} rests`).toBe(last);
      await isAt(page, steps.at(-1)!, all);
      expect(page.url()).not.toContain("play=");
    }
  });
});

test("a hand on the picture pauses it, and the eye stays", async () => {
  const { all } = await stepsOf();
  await workAt(site, "#v1/space?chapter=4", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("Space");
    await page.waitForFunction(() => location.hash.includes("play=yes"));
    await page.keyboard.press("q");
    await page.waitForFunction(() => !location.hash.includes("play="));
    const camera = await page.locator(".space-picture canvas").getAttribute("data-camera");
    const words = await page.locator(".flow-words").innerText();
    expect(words).toContain(`of ${all}. `);
    await page.waitForTimeout(2500);
    expect(await page.locator(".flow-words").innerText()).toBe(words);
    await expect.poll(() => page.locator(".space-picture canvas").getAttribute("data-camera")).toBe(camera);
  });
});

test("where motion is to be reduced nothing begins: the chapter stands there whole, and p steps through it", async () => {
  const { all, chapters } = await stepsOf();
  await workAt(site, "", async (page) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${site.url}insight/#v1/space?chapter=4`);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("Space");
    await page.waitForFunction(() =>
      document.querySelector(".space-walk h3")!.textContent!.startsWith("5 of 9"),
    );
    await page.waitForTimeout(1500);
    expect(await page.locator(".flow-words").innerText()).toContain("Everything is computed");
    for (const step of chapters[4]!.slice(0, 2)) {
      await page.keyboard.press("p");
      await isAt(page, step, all);
    }
  });
});

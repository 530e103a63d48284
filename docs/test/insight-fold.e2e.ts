// What a view is about is seen as a whole on the first screen, beside the story, too.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();

/** From which height to which parts stand in the window. */
const edges = (page: Page, selectors: readonly string[]) =>
  page.evaluate(
    (all) =>
      all.map((selector) => {
        const { top, bottom } = document.querySelector(selector)!.getBoundingClientRect();
        return { top, bottom };
      }),
    selectors,
  );

const isDrawn = (page: Page) => page.locator(".block-picture[data-block] .block-token").first().waitFor();

test.each([
  [1280, 900],
  [1440, 900],
])("at %i x %i the block's picture and its run are seen without scrolling", async (width, height) => {
  await workAt(site, "#v1/inside", async (page) => {
    await page.setViewportSize({ width, height });
    await isDrawn(page);
    const [picture, run, list, ...controls] = await edges(page, [
      ...[".block-scroll", ".flow", ".next-list ol"],
      ...[
        '[aria-label="temperature"]',
        '[aria-label="top-k"]',
        '[aria-label="top-p"]',
        ".next-list > button",
      ],
    ]);
    expect(await page.evaluate(() => scrollY)).toBe(0);
    expect(picture!.bottom).toBeLessThanOrEqual(run!.top);
    expect(run!.bottom).toBeLessThanOrEqual(height);
    // What changes the candidates stands above and below them, in the picture.
    for (const each of [list!, ...controls]) {
      expect(each.top).toBeGreaterThanOrEqual(picture!.top);
      expect(each.bottom).toBeLessThanOrEqual(picture!.bottom);
    }
    for (const each of controls.slice(0, 3)) expect(each.bottom).toBeLessThanOrEqual(list!.top);
    expect(controls[3]!.top).toBeGreaterThanOrEqual(list!.bottom);
    // What is explained takes the place that is kept for it.
    await page.locator('.block-column[data-part="norm1"]').focus();
    await page.locator(".block-caption").getByText("times").waitFor();
    expect((await edges(page, [".block-scroll"]))[0]).toEqual(picture);
  });
});

test("rows stand closer together in a lower window, as far as they can be read", async () => {
  await workAt(site, "#v1/inside?text=Sea+otters+hold+hands+while+they", async (page) => {
    await isDrawn(page);
    const heightAt = async (height: number) => {
      await page.setViewportSize({ width: 1280, height });
      return page.locator(".block-canvas").evaluate(({ clientHeight }) => clientHeight);
    };
    await expect.poll(() => heightAt(1200)).toBeGreaterThan(500);
    await expect.poll(() => heightAt(600)).toBe(416);
    const [bottom, least] = await page.evaluate(() => {
      const at = [...document.querySelectorAll<HTMLElement>(".block-token")].map(({ style }) => style.top);
      const [first, second] = at.map((top) => Number.parseFloat(top));
      return [at.length, second! - first!];
    });
    expect(bottom).toBe(18);
    expect(least).toBeGreaterThan(12);
  });
});

test("the story's panel leaves room for the picture of its text, and is one line and two columns", async () => {
  await workAt(site, "#v1/tour?stop=5", async (page) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.locator(".tour-part .block-picture[data-block]").waitFor();
    await page.getByText("goes through the block").waitFor();
    await expect
      .poll(async () => {
        const [panel, text, part] = await edges(page, [".tour", ".inside-texts", ".tour-part"]);
        return panel!.bottom <= text!.top && text!.bottom <= part!.top && part!.bottom <= 900;
      })
      .toBe(true);
    const [head, stops, on] = await edges(page, [".tour-head", ".tour ol", ".tour .insight-bar"]);
    expect(Math.abs(stops!.top - on!.top)).toBeLessThan(8);
    expect(head!.bottom - head!.top).toBeLessThan(40);
  });
});

test("a query's products are shown where it is pressed for, and the way to them is in the picture", async () => {
  await workAt(site, "#v1/inside", async (page) => {
    await isDrawn(page);
    await page.locator('.block-column[data-part="query"]').click({ position: { x: 20, y: 20 } });
    // What is opened takes the focus when it comes.
    await page.waitForFunction(() => document.activeElement?.matches(".opened-place canvas"));
    const way = page.getByRole("button", { name: "h.0.attn.q, cell by cell" });
    await way.press("Enter");
    await page.waitForFunction(() => document.activeElement?.matches(".cell-panel canvas"));
    await page.waitForFunction(() => {
      const { top } = document.querySelector(".cell-panel")!.getBoundingClientRect();
      return top >= 0 && top < innerHeight / 2;
    });
    await page.locator(".cell-source", { hasText: "h.0.attn.c_attn: " }).waitFor();
    expect(await page.locator(".cell-products summary").innerText()).toBe("64 products");
    expect(await page.locator(".cell-products p").innerText()).toContain("a bias of");
  });
});

test("the stages of Sampling fill the page", async () => {
  await workAt(site, "#v1/sampling", async (page) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator(".stage li").first().waitFor();
    const rest = await page.evaluate(() => {
      const right = (selector: string) => document.querySelector(selector)!.getBoundingClientRect().right;
      return right(".stages") - right(".stage:last-child");
    });
    expect(rest).toBeLessThan(2);
  });
});

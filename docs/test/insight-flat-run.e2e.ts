// A text runs through the network operation by operation, in the flat view.
import { describe as describeModel } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { operationsOf } from "../insight/flow/operations.js";
import { PACE } from "../insight/flow/run-through.js";
import { openInsight, openPaused, siteModel, workAt, workIn } from "./insight.js";

const site = openInsight();

beforeAll(async () => {
  await useEngine("wasm", { threads: 1 });
});

async function operationsOfSite() {
  const { model } = await siteModel();
  const operations = operationsOf(describeModel(model, { detail: true }));
  model.dispose();
  return operations;
}

const isAt = (page: Page, at: number, of: number) =>
  page.waitForFunction(
    (start) => document.querySelector(".flow-words")!.textContent!.startsWith(start),
    `${at} of ${of}. `,
  );

/** The tensors that are empty shapes, and that whose cells are shown. */
const drawn = (page: Page) =>
  page.evaluate(() => {
    const names = (which: string) =>
      [...document.querySelectorAll<HTMLElement>(`.scheme-box${which}`)].map(
        ({ dataset }) => dataset["tensor"]!,
      );
    return { later: names(".later"), current: names("[aria-current]") };
  });

/** Whether the pictures of these tensors have nothing in them. */
const areEmpty = (page: Page, names: readonly string[]) =>
  page.evaluate(
    (names) =>
      names.map((name) => {
        const canvas = document.querySelector<HTMLCanvasElement>(
          `.scheme-box[data-tensor="${name}"] canvas`,
        )!;
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return data.every((part) => part === 0);
      }),
    names,
  );

test.each([
  ["a phone", { width: 360, height: 780 }],
  ["a wide window", { width: 1280, height: 900 }],
])("on %s by key and slider: what is drawn has been computed, and nothing else is", async (_, size) => {
  const operations = await operationsOfSite();
  await workAt(site, "#v1/inside", async (page) => {
    await page.setViewportSize(size);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.evaluate(() => {
      for (const section of document.querySelectorAll("details")) section.open = true;
    });
    expect((await drawn(page)).later).toEqual([]);
    await page.locator(".insight").focus();
    await page.keyboard.press(".");
    await isAt(page, 1, operations.length);
    const find = (name: string) => 1 + operations.findIndex(({ output }) => output === name);
    for (const flow of [
      find("embedding"),
      find("h.0.attn.weights"),
      find("h.1.mlp.c_fc"),
      operations.length,
    ]) {
      await page.getByRole("slider", { name: "Operation" }).fill(`${flow}`);
      await isAt(page, flow, operations.length);
      const { output } = operations[flow - 1]!;
      await page.locator(`[data-cell^="${output} "]`).waitFor();
      const made = new Set(
        operations.slice(0, flow).flatMap(({ output, operands }) => [output, ...operands]),
      );
      const all = operations.flatMap(({ output, operands }) => [output, ...operands]);
      const { later, current } = await drawn(page);
      expect(new Set(later)).toEqual(new Set(all.filter((name) => !made.has(name))));
      expect(current).toEqual([output]);
      expect(new Set(await areEmpty(page, later))).toEqual(new Set(later.length > 0 ? [true] : []));
      expect(await areEmpty(page, [output])).toEqual([false]);
    }
    await page.locator(".insight").focus();
    await page.keyboard.press(",");
    await isAt(page, operations.length - 1, operations.length);
    await page.keyboard.press("x");
    await expect.poll(async () => (await drawn(page)).later).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  });
});

test("without WebGL2 the view in 3D leads to where the run is in the flat one", async () => {
  const operations = await operationsOfSite();
  await workIn(site, async (page) => {
    await page.addInitScript(() => {
      const open = HTMLCanvasElement.prototype.getContext as (...args: unknown[]) => unknown;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...args: unknown[]) {
        return args[0] === "webgl2" ? null : open.apply(this, args);
      } as typeof HTMLCanvasElement.prototype.getContext;
    });
    await page.goto(`${site.url}insight/#v1/space?text=a+cat&flow=7`);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.locator(".space-none a").click();
    await page.locator(".scheme-box").first().waitFor({ state: "attached", timeout: 60_000 });
    await isAt(page, 7, operations.length);
    expect(await page.getByLabel("Text that runs through the model").inputValue()).toBe("a cat");
  });
});

test("where motion is reduced it steps; else it plays, pauses for a cell that is chosen, and goes on after a reload", async () => {
  const operations = await operationsOfSite();
  await workIn(site, async (page) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${site.url}insight/#v1/inside`);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.locator(".insight").focus();
    for (const at of [1, 2]) {
      await page.keyboard.press("p");
      await isAt(page, at, operations.length);
    }
    await page.waitForTimeout(1500);
    await isAt(page, 2, operations.length);
  });
  // The clock is the browser's: this comes last.
  await workIn(site, async (page) => {
    await openPaused(page, `${site.url}insight/#v1/inside`);
    await page.locator(".insight").focus();
    await page.keyboard.press("p");
    await isAt(page, 1, operations.length);
    await page.clock.runFor(3 * PACE.yes);
    await isAt(page, 4, operations.length);
    await page.reload();
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await isAt(page, 4, operations.length);
    await page.clock.runFor(1.1 * PACE.yes);
    await isAt(page, 5, operations.length);
    // Its part of the list unfolds with what is computed there.
    const box = page.locator('.scheme-box[data-tensor="h.0.ln_1.weight"]');
    await box.waitFor();
    await box.press("Enter");
    await page.clock.runFor(5000);
    await isAt(page, 5, operations.length);
    expect(page.url()).toContain("tensor=h.0.ln_1.weight");
  });
});

// What a reader meets who has just opened the page: its keys, what the story speaks of, texts to try.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();
const at = (hash: string, work: (page: Page) => Promise<void>) => workAt(site, hash, work);

test("keys are heard before anything has the focus; those of the page and of a field stay theirs", async () => {
  await at("#v1/sampling", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    const taken = await page.evaluate(() =>
      ["/", "ArrowDown", "d"].map((key) => {
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        return !document.body.dispatchEvent(event);
      }),
    );
    expect(taken).toEqual([false, false, true]);
    await page.waitForFunction(() => location.hash.includes("at="));
    await page.keyboard.press("ControlOrMeta+d");
    await page.getByLabel("Text that the model continues").press("End");
    await page.keyboard.type(">");
    expect(await page.getByRole("button", { name: /Begin the story/ }).isVisible()).toBe(true);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press(">");
    await page.getByText("Stop 1 of 9").first().waitFor();
  });
});

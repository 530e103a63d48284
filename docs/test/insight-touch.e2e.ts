import type { CDPSession } from "playwright-core";
import { expect, test } from "vitest";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();

interface Finger {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/** Fingers touch the screen, move in steps, and leave it, as a touch screen reports it. */
async function move(session: CDPSession, fingers: readonly Finger[]): Promise<void> {
  const at = (share: number) =>
    fingers.map(({ from, to }, id) => ({
      id,
      x: from[0] + share * (to[0] - from[0]),
      y: from[1] + share * (to[1] - from[1]),
    }));
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
  for (let i = 1; i <= 8; i++) {
    await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(i / 8) });
  }
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

test("in 3D one finger scrolls the page, and two zoom and move the camera", async () => {
  await workAt(site, "#v1/space", async (page) => {
    await page.setViewportSize({ width: 360, height: 640 });
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const canvas = page.locator(".space-picture canvas");
    await canvas.evaluate((canvas) => canvas.scrollIntoView({ block: "center" }));
    const session = await site.context.newCDPSession(page);
    await session.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 2 });
    const scrolled = () => page.evaluate(() => scrollY);
    const eye = async () => new URLSearchParams(page.url().split("?")[1]).get("eye")?.split("_").map(Number);
    const middle = async () => {
      const { x, y, width, height } = (await canvas.boundingBox())!;
      return [x + width / 2, y + height / 2] as const;
    };

    const before = await scrolled();
    const [x, y] = await middle();
    await move(session, [{ from: [x, y], to: [x, y - 120] }]);
    await expect.poll(scrolled, { timeout: 60_000 }).toBeGreaterThan(before);
    expect(await eye()).toBeUndefined();
    // It may glide on for a while, and slowly at last.
    await page.waitForFunction(async () => {
      const before = scrollY;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return scrollY === before;
    });

    const rest = await scrolled();
    const [u, v] = await middle();
    await move(session, [
      { from: [u - 30, v], to: [u - 90, v] },
      { from: [u + 30, v], to: [u + 90, v] },
    ]);
    await expect.poll(eye, { timeout: 60_000 }).toBeDefined();
    const near = (await eye())!;
    await move(session, [
      { from: [u - 90, v], to: [u - 30, v] },
      { from: [u + 90, v], to: [u + 30, v] },
    ]);
    await expect.poll(async () => (await eye())![5], { timeout: 60_000 }).toBeGreaterThan(2 * near[5]!);
    const far = (await eye())!;
    await move(session, [
      { from: [u - 30, v - 60], to: [u - 30, v + 60] },
      { from: [u + 30, v - 60], to: [u + 30, v + 60] },
    ]);
    await expect.poll(async () => (await eye())![1], { timeout: 60_000 }).toBeGreaterThan(far[1]! + 1);
    expect(await scrolled()).toBe(rest);
  });
});

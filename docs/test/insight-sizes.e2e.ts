// Networks that have only a shape, alone and side by side.
import { presets } from "@llm/gpt";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeSizes } from "../insight/engine/shapes.js";
import { sizedWholes } from "../insight/views/space/sizes.js";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();
const wholes = sizedWholes(describeSizes());
const of = (name: string) => wholes.find((whole) => whole.name === name)!;

test("as many weights as are published, and as many as the configuration has", () => {
  expect(of("nano").weights).toBe(85_584);
  expect(of("gpt2").weights).toBe(124_439_808);
  expect(of("gpt2-xl").weights).toBe(1_557_611_200);
  // 96 layers of 12 C² and 13 C, two tables and a norm.
  const C = 12_288;
  expect(of("gpt3").weights).toBe(96 * (12 * C * C + 13 * C) + (50_257 + 2048) * C + 2 * C);
  expect(of("gpt3")).toMatchObject({ layers: 96, heads: 96, width: C });
  expect(wholes.map(({ weights }) => weights)).toEqual(
    wholes.map(({ weights }) => weights).sort((a, b) => a - b),
  );
});

test("every cell has the same size, and none stands in another network", () => {
  for (const { panels } of wholes) {
    for (const { box, size } of panels) {
      expect(size[0] / box.columns).toBeCloseTo(0.5, 9);
      expect(size[1] / box.rows).toBeCloseTo(0.5, 9);
    }
  }
  const overlaps = wholes.flatMap((a, i) =>
    wholes
      .slice(i + 1)
      .filter((b) => [0, 1].every((axis) => a.low[axis]! < b.high[axis]! && b.low[axis]! < a.high[axis]!)),
  );
  expect(overlaps).toEqual([]);
  for (const { panels } of [of("nano"), of("gpt2")]) {
    const hit = panels.flatMap((a, i) =>
      panels.slice(i + 1).filter((b) =>
        [0, 1].every((axis) => {
          const ends = ({ at, size }: typeof a) =>
            axis === 0 ? [at[0], at[0] + size[0]] : [at[1] - size[1], at[1]];
          const [[low, high], [start, end]] = [ends(a), ends(b)];
          return low! < end! && start! < high!;
        }),
      ),
    );
    expect(hit.map(({ box }) => box.name)).toEqual([]);
  }
});

test("side by side: numbers, a way to each by key, little memory, and nothing is drawn at rest", async () => {
  await workAt(site, "#v1/space?shape=sizes", async (page) => {
    await page.locator('[data-shown^="sizes"]').waitFor({ timeout: 60_000 });
    const canvas = page.locator(".space-picture canvas");
    expect(Number(await canvas.getAttribute("data-calls"))).toBeLessThanOrEqual(4);
    const list = page.locator(".space-sizes li");
    expect(await list.count()).toBe(wholes.length);
    const numbers = await list.allInnerTexts();
    for (const [i, { weights }] of wholes.entries()) {
      expect(numbers[i]).toContain(`${weights.toLocaleString("en")} weights`);
    }
    const labels = page.locator(".space-labels span:visible");
    const titles = [
      "nano-GPT\n85,584",
      "GPT-2\n124 million",
      "GPT-2 XL\n1.56 billion",
      "GPT-3\n175 billion weights",
    ];
    await expect.poll(() => labels.allInnerTexts()).toEqual(expect.arrayContaining(titles));
    for (const [width, height] of [
      [1280, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      // It is drawn anew for this size.
      await expect.poll(() => titlesThatTouch(page)).toEqual([]);
      await expect.poll(() => labels.count()).toBe(wholes.length);
      expect(await titlesThatTouch(page), `${width} pixels`).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    const before = await canvas.getAttribute("data-camera");
    await page.getByRole("button", { name: "nano-GPT" }).press("Enter");
    await expect.poll(() => canvas.getAttribute("data-camera")).not.toBe(before);
    await expect.poll(() => page.url()).toContain("eye=");
    // Its tensors are near enough to be named.
    await expect.poll(async () => (await labels.allInnerTexts()).join()).toContain("hidden rows 11 × 192");
    await page.waitForFunction(async () => {
      const { dataset } = document.querySelector<HTMLElement>(".space-picture canvas")!;
      const before = dataset["frames"];
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return dataset["frames"] === before;
    });
    // 175 billion weights, and nothing of that size.
    const session = await page.context().newCDPSession(page);
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    expect(usedSize).toBeLessThan(100e6);

    await page.getByRole("combobox", { name: "Tensors" }).selectOption("gpt3");
    await page.locator('[data-shown^="gpt3"]').waitFor({ timeout: 60_000 });
    // All its layers, and fewer where one looks at fewer.
    const { layers: all, weights } = of("gpt3");
    const said = () => page.locator(".insight-live").innerText();
    const slider = page.getByRole("slider", { name: "Layers" });
    expect(await slider.getAttribute("aria-valuetext")).toBe(`${all} of ${all} layers`);
    await expect.poll(said, { timeout: 60_000 }).toContain(`${weights.toLocaleString("en")} weights`);
    await expect.poll(() => page.locator(".space-walk").innerText()).toContain(`${all} blocks`);
    expect(Number(await canvas.getAttribute("data-calls"))).toBeLessThanOrEqual(4);
    await slider.fill("2");
    await page.waitForURL(/layers=2\b/);
    await expect.poll(said, { timeout: 60_000 }).not.toContain(weights.toLocaleString("en"));
    expect(await slider.getAttribute("aria-valuetext")).toBe(`2 of ${all} layers`);
  });
});

/** Titles that stand on another one, on a network of another one, or beyond the picture. */
function titlesThatTouch(page: Page): Promise<string[]> {
  return page.locator(".space-labels").evaluate((labels) => {
    const picture = labels.getBoundingClientRect();
    const titles = [...labels.querySelectorAll<HTMLElement>("span:not([hidden])")];
    const isOn = (a: DOMRect, b: DOMRect) =>
      a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const others = [...titles, ...labels.querySelectorAll("polygon")];
    return titles
      .filter((title) => {
        const own = title.getBoundingClientRect();
        const isInside = own.left >= picture.left && own.right <= picture.right && own.top >= picture.top;
        return (
          !isInside || others.some((other) => other !== title && isOn(own, other.getBoundingClientRect()))
        );
      })
      .map(({ innerText }) => innerText);
  });
}

test("GPT-2's sizes are those of the presets", () => {
  for (const name of ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"] as const) {
    const { nLayer, nHead, nEmbd } = presets[name];
    expect(of(name)).toMatchObject({ layers: nLayer, heads: nHead, width: nEmbd });
  }
});

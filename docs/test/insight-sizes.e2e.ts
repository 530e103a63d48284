// Networks that have only a shape, alone and side by side.
import { presets } from "@llm/gpt";
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
    await expect.poll(() => labels.allInnerTexts()).toEqual(expect.arrayContaining(["GPT-3: 175 billion"]));
    for (const word of ["nano-GPT: 85,584", "GPT-2: 124 million", "GPT-2 XL: 1.56 billion"]) {
      expect(
        (await labels.allInnerTexts()).some((label) => label.startsWith(word)),
        word,
      ).toBe(true);
    }
    const before = await canvas.getAttribute("data-camera");
    await page.getByRole("button", { name: "nano-GPT" }).press("Enter");
    await expect.poll(() => canvas.getAttribute("data-camera")).not.toBe(before);
    await expect.poll(() => page.url()).toContain("eye=");
    // Its tensors are near enough to be named.
    await expect.poll(async () => (await labels.allInnerTexts()).join()).toContain("nano h.0");
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
    await page.getByRole("slider", { name: "Layers" }).fill("96");
    await expect
      .poll(() => page.locator(".insight-live").innerText(), { timeout: 60_000 })
      .toContain(of("gpt3").weights.toLocaleString("en").slice(0, 3));
    expect(Number(await canvas.getAttribute("data-calls"))).toBeLessThanOrEqual(4);
  });
});

test("GPT-2's sizes are those of the presets", () => {
  for (const name of ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"] as const) {
    const { nLayer, nHead, nEmbd } = presets[name];
    expect(of(name)).toMatchObject({ layers: nLayer, heads: nHead, width: nEmbd });
  }
});

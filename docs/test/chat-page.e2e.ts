import { type LogitsModel, modelOf, type Tokenizer } from "@llm/sample";
import { serve } from "@llm/sample/node";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { byPreference, violationsInAllForms } from "./axe.js";
import { openBrowser, watch } from "./browser.js";

/** A token is a byte. */
const bytes: Tokenizer = {
  vocabSize: 256,
  encode: (text) => Uint8Array.from(new TextEncoder().encode(text)) as unknown as Uint32Array,
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
  tokenBytes: (id) => Uint8Array.of(id),
  decoder() {
    const utf8 = new TextDecoder();
    return { write: (id) => utf8.decode(Uint8Array.of(id), { stream: true }), end: () => utf8.decode() };
  },
};

/** After "b" it would rather say "é!", sometimes "c"; an answer ends behind "!". */
const COMES_NEXT: Record<number, number[]> = {
  58: [97],
  97: [98],
  98: [195, 99],
  195: [169],
  169: [33],
  99: [33],
  33: [0],
};
/** Says "x!", or "y!". */
const X_OR_Y: Record<number, number[]> = { 58: [120, 121], 120: [33], 121: [33], 33: [0] };

function model({ delay = 0, next = COMES_NEXT } = {}): LogitsModel {
  return modelOf(
    async (context) => {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      const logits = new Float32Array(256).fill(-30);
      for (const [i, id] of (next[context.at(-1)!] ?? [97]).entries()) logits[id] = 3 - i;
      if (delay > 0) logits[0] = logits[33] = -60;
      return logits;
    },
    { vocabSize: 256, blockSize: 4096, endOfText: 0 },
  );
}

let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function open(
  served: LogitsModel,
  options: Parameters<typeof serve>[2] = {},
): Promise<{ page: Page; problems: string[] }> {
  const server = await serve(served, bytes, { port: 0, name: "tiny", ...options });
  const page = await browser.context.newPage();
  const problems = watch(page, server.url);
  onTestFinished(async () => {
    await page.close();
    await server.close({ grace: 0 });
  });
  await page.goto(server.url);
  return { page, problems };
}

const answers = (page: Page) => page.locator("article.assistant .text");
/** Says it, and waits for the answer's end. */
async function say(page: Page, text: string, temperature = "0"): Promise<void> {
  await page.fill("#temperature", temperature);
  await page.fill("#input", text);
  await page.keyboard.press("Enter");
  await written(page);
}

/** The contrast of an element's colour with the page's, both as they are painted. */
const contrast = (page: Page, selector: string, property: "borderTopColor" | "outlineColor") =>
  page.evaluate(
    ([selector, property]) => {
      const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext(
        "2d",
      )!;
      const paint = (colour: string) => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
          const share = value / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        }) as [number, number, number];
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const under = paint(getComputedStyle(document.querySelector("#form")!).backgroundColor);
      const over = paint(getComputedStyle(document.querySelector(selector)!)[property]);
      return (Math.max(under, over) + 0.05) / (Math.min(under, over) + 0.05);
    },
    [selector, property] as const,
  );

const written = (page: Page) => page.locator("article.assistant", { hasText: "Again" }).last().waitFor();

describe("the chat page", () => {
  it("chats by keyboard, takes a message back, and writes an answer again", async () => {
    const { page, problems } = await open(model());
    await expect.poll(() => page.title()).toBe("tiny");
    await page.fill("#temperature", "0");
    await page.locator("#input").focus();
    await page.keyboard.type("Hi");
    await page.keyboard.press("Enter");
    await written(page);
    expect(await answers(page).allTextContents()).toEqual(["abé!"]);
    await page.getByRole("button", { name: "Again" }).click();
    await written(page);
    expect(await answers(page).allTextContents()).toEqual(["abé!"]);
    await page.getByRole("button", { name: "Edit" }).click();
    expect(await page.inputValue("#input")).toBe("Hi");
    await page.fill("#input", "Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await written(page);
    expect(await page.locator("article").allInnerTexts()).toEqual([
      expect.stringContaining("Hello"),
      expect.stringContaining("abé!"),
    ]);
    expect(problems).toEqual([]);
  });

  it("shows what else the model thought of, and goes on from there", async () => {
    const { page, problems } = await open(model());
    await page.fill("#temperature", "0");
    await page.fill("#input", "Hi");
    await page.keyboard.press("Enter");
    await written(page);
    // By mouse: the token of the first half of "é" shows nothing, the second half is the character.
    await page.locator(".token", { hasText: "b" }).hover();
    expect(await page.locator("#alternatives button").first().textContent()).toMatch(/^b100\.0%$/);
    await page.locator(".token", { hasText: "a" }).hover();
    await page.keyboard.press("Escape");
    // By keyboard: to the place behind "b", and down to "c".
    await answers(page).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const labels = await page.locator("#alternatives button").allTextContents();
    expect(labels[1]).toMatch(/^c2\d\.\d%$/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await written(page);
    await expect.poll(() => answers(page).allTextContents()).toEqual(["abc!"]);
    expect(problems).toEqual([]);
  });

  it("goes on from another token by mouse, too", async () => {
    const { page, problems } = await open(model({ next: X_OR_Y }));
    await say(page, "Hi");
    expect(await answers(page).allTextContents()).toEqual(["x!"]);
    await page.locator(".token", { hasText: "x" }).hover();
    await page.locator("#alternatives button", { hasText: "y" }).click();
    await expect.poll(() => answers(page).allTextContents()).toEqual(["y!"]);
    await written(page);
    expect(problems).toEqual([]);
  });

  it("writes the same answer again with a seed, and another one without", async () => {
    const babbler = modelOf(() => new Float32Array(256).fill(-30).fill(0, 97, 123), {
      vocabSize: 256,
      blockSize: 80,
    });
    const { page, problems } = await open(babbler);
    await page.fill("#seed", "7");
    await say(page, "Hi", "1");
    const [first] = await answers(page).allTextContents();
    expect(first!.length).toBeGreaterThan(40);
    const again = async (seed: string) => {
      await page.fill("#seed", seed);
      await page.getByRole("button", { name: "Again" }).click();
      await written(page);
      return (await answers(page).allTextContents())[0];
    };
    expect(await again("7")).toBe(first);
    expect(await again("8")).not.toBe(first);
    expect(await again("")).not.toBe(first);
    expect(problems).toEqual([]);
  });

  it.each([
    ["the button", (page: Page) => page.getByRole("button", { name: "Stop" }).click()],
    ["Escape", (page: Page) => page.keyboard.press("Escape")],
  ])("stops by %s", async (_, stop) => {
    const { page, problems } = await open(model({ delay: 5 }));
    await page.fill("#input", "Hi");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await answers(page).textContent())!.length).toBeGreaterThan(5);
    await stop(page);
    await written(page);
    const { length } = (await answers(page).textContent())!;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await answers(page).textContent())!.length).toBe(length);
    expect(problems).toEqual([]);
  });

  it("fits a phone, and does by touch what it does by mouse", async () => {
    const { page, problems } = await open(model({ next: X_OR_Y }));
    const session = await page.context().newCDPSession(page);
    const phone = { width: 360, height: 640, deviceScaleFactor: 2, mobile: true };
    await session.send("Emulation.setDeviceMetricsOverride", phone);
    await session.send("Emulation.setTouchEmulationEnabled", { enabled: true });
    await page.reload();
    const tap = async (what: Locator) => {
      await what.waitFor();
      const { x, y, width, height } = (await what.boundingBox())!;
      const touchPoints = [{ x: x + width / 2, y: y + height / 2 }];
      await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
      await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= 360);
    expect(await page.evaluate(() => matchMedia("(hover: none)").matches)).toBe(true);
    expect(await fits()).toBe(true);

    await page.fill("#temperature", "0");
    await page.fill(
      "#input",
      "A long message, and some of it is in aVeryLongWordThatHasNoPlaceToBreakAnywhere, as they do.",
    );
    await tap(page.locator("#send"));
    await written(page);
    expect(await answers(page).allTextContents()).toEqual(["x!"]);
    // Nothing that was not asked for has the focus: it would open the keyboard.
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe("input");
    await tap(page.locator(".token", { hasText: "x" }));
    const menu = page.locator("#alternatives");
    await menu.waitFor();
    const { x, width } = (await menu.boundingBox())!;
    expect([x >= 0, x + width <= 360, await fits()]).toEqual([true, true, true]);
    for (const item of await menu.locator("button").all()) {
      expect((await item.boundingBox())!.height).toBeGreaterThanOrEqual(24); // WCAG 2.2, 2.5.8
    }
    await tap(menu.locator("button", { hasText: "y" }));
    await expect.poll(() => answers(page).allTextContents()).toEqual(["y!"]);
    await written(page);
    await tap(page.getByRole("button", { name: "Edit" }));
    expect(await page.inputValue("#input")).toContain("A long message");
    expect(problems).toEqual([]);
  });

  it("has no violation of A or AA, light and dark, wide and narrow", async () => {
    const { page } = await open(model({ next: X_OR_Y }), { apiKey: "secret" });
    await page.fill("#input", "Hi");
    await page.keyboard.press("Enter");
    await page.locator("[role=alert]").waitFor(); // there is no key yet
    expect(await violationsInAllForms(page, byPreference)).toEqual([]);
    await page.fill("#key", "secret");
    await page.keyboard.press("Tab");
    await page.fill("#temperature", "0");
    await page.getByRole("button", { name: "Again" }).click();
    // Its end closes what was opened before.
    await written(page);
    await page.locator(".token", { hasText: "x" }).click();
    await page.locator("#alternatives button", { hasText: "y" }).waitFor();
    expect(await violationsInAllForms(page, byPreference)).toEqual([]);
  });

  it.each(["light", "dark"] as const)("shows what can be used in the %s theme", async (colorScheme) => {
    const { page } = await open(model({ next: X_OR_Y }));
    await page.emulateMedia({ colorScheme });
    await say(page, "Hi");
    expect(
      await page.evaluate(() => getComputedStyle(document.querySelector("#form")!).backgroundColor),
    ).toBe(colorScheme === "dark" ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)");
    // WCAG 2.1, 1.4.11: what one writes into, and where the focus is.
    for (const field of ["#input", "#seed", "#temperature", "#send"]) {
      expect(await contrast(page, field, "borderTopColor"), field).toBeGreaterThanOrEqual(3);
      await page.locator(field).focus();
      await page.keyboard.press("Shift"); // as by keyboard
      expect(await contrast(page, field, "outlineColor"), field).toBeGreaterThanOrEqual(3);
    }
  });

  it("loses nothing in colours of the reader's own", async () => {
    const { page } = await open(model({ next: X_OR_Y }));
    await page.emulateMedia({ forcedColors: "active" });
    await say(page, "Hi");
    await answers(page).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const seen = (selector: string) =>
      page.locator(selector).evaluate((element) => {
        const {
          outlineStyle,
          outlineWidth,
          backgroundColor,
          borderTopStyle,
          borderTopColor,
          textDecorationLine,
        } = getComputedStyle(element);
        const hasEdge = borderTopStyle === "solid" && borderTopColor !== backgroundColor;
        return { hasOutline: outlineStyle !== "none" && outlineWidth !== "0px", hasEdge, textDecorationLine };
      });
    expect(await seen(".token.open")).toMatchObject({ hasOutline: true });
    expect(await seen(".token:not(.open)")).toMatchObject({ hasOutline: false });
    expect(await seen("#alternatives")).toMatchObject({ hasEdge: true });
    expect(await seen("#alternatives button:focus")).toMatchObject({ hasOutline: true });
    for (const field of ["#input", "#seed", "#temperature", "#send"]) {
      expect(await seen(field)).toMatchObject({ hasEdge: true });
    }
  });

  it("asks for the key where there is one", async () => {
    const { page } = await open(model(), { apiKey: "secret" });
    await page.fill("#key", "secret");
    await page.keyboard.press("Tab");
    await expect.poll(() => page.title()).toBe("tiny");
    await page.fill("#input", "Hi");
    await page.keyboard.press("Enter");
    await written(page);
    expect(await answers(page).count()).toBe(1);
  });
});

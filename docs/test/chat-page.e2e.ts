import { type LogitsModel, modelOf, type Tokenizer } from "@llm/sample";
import { serve } from "@llm/sample/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
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
function model(delay = 0): LogitsModel {
  const next: Record<number, number[]> = {
    58: [97],
    97: [98],
    98: [195, 99],
    195: [169],
    169: [33],
    99: [33],
    33: [0],
  };
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

  it("stops when it is told to, and fits a phone", async () => {
    const { page, problems } = await open(model(5));
    await page.setViewportSize({ width: 360, height: 640 });
    await page.fill("#input", "Hi");
    await page
      .getByRole("button", { name: "Send" })
      .tap()
      .catch(() => page.getByRole("button", { name: "Send" }).click());
    await expect.poll(async () => (await answers(page).textContent())!.length).toBeGreaterThan(5);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.getByRole("button", { name: "Stop" }).click();
    await written(page);
    const length = (await answers(page).textContent())!.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await answers(page).textContent())!.length).toBe(length);
    expect(problems).toEqual([]);
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

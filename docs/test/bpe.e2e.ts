import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "./browser.js";

let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

test("@llm/bpe in a page: trained and used on the main thread, and by Web Workers", async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: 'import * as bpe from "@llm/bpe"; globalThis.bpe = bpe;',
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: "esm",
    conditions: ["@llm/source"],
  });
  const page = await browser.context.newPage();
  await page.addScriptTag({ content: outputFiles[0]!.text, type: "module" });
  await page.waitForFunction("globalThis.bpe");
  const result = await page.evaluate(async () => {
    const { train } = (globalThis as unknown as { bpe: typeof import("@llm/bpe") }).bpe;
    const text = "she sells sea shells by the sea shore, naïve 🐚 ".repeat(20);
    const tokenizer = await train(text, { vocabSize: 300 });
    const texts = Array.from({ length: 50 }, (_, i) => text.slice(i).repeat(50));
    const batch = await tokenizer.encodeBatch(texts, { workers: 2 });
    tokenizer.stopWorkers();
    return {
      decoded: tokenizer.decode(tokenizer.encode(text)) === text,
      same: batch.every((ids, i) => ids.join() === tokenizer.encode(texts[i]!).join()),
      ids: batch.reduce((sum, ids) => sum + ids.length, 0),
    };
  });
  expect(result).toEqual({ decoded: true, same: true, ids: expect.any(Number) });
  expect(result.ids).toBeGreaterThan(10_000);
});

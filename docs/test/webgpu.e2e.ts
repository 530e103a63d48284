// A GPU in software: Chromium has one. A small model trains on it, in a page and in a worker, as it does on `reference` in Node.
import { referenceEngine, useEngine } from "@llm/tensor";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watch } from "./browser.js";
import { serveInsight } from "./insight.js";
import { serve } from "./server.js";
import { type Training, trainSmall } from "./small-training.js";

let browser: Awaited<ReturnType<typeof openBrowser>>;
let site: Awaited<ReturnType<typeof serve>>;

const script = `
  import { doctor, useEngine } from "@llm/tensor";
  import { trainSmall } from "./small-training.js";
  const train = async () => trainSmall(await useEngine("webgpu"));
  globalThis.train = train;
  globalThis.doctor = doctor;
  globalThis.auto = async () => (await useEngine("auto")).name;
  globalThis.onmessage = async ({ data }) => { if (data === "train") postMessage(await train()); };`;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: import.meta.dirname },
    ...{ bundle: true, write: false, format: "esm", conditions: ["@llm/source"] },
  });
  browser = await openBrowser({ webgpu: true });
  site = await serve(({ url }, response) => {
    const isScript = url?.endsWith(".js");
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html; charset=utf-8" });
    response.end(
      isScript
        ? outputFiles![0]!.text
        : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="train.js"></script>',
    );
  });
});
afterAll(async () => {
  await browser?.close();
  site?.close();
});

const inPage = (page: Page): Promise<Training> =>
  page.evaluate(() => (globalThis as unknown as { train(): Promise<Training> }).train());

const inWorker = (page: Page): Promise<Training> =>
  page.evaluate(async () => {
    const worker = new Worker("train.js", { type: "module" });
    const answer = new Promise<Training>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage("train");
    const found = await answer;
    worker.terminate();
    return found;
  });

test("a page and its worker train on WebGPU to the losses of reference, without a warning", async () => {
  const page = await browser.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(site.url);
  await page.waitForFunction("globalThis.train");
  const found = [await inPage(page), await inWorker(page)];
  const expected = await trainSmall(await useEngine(referenceEngine()));
  for (const { device, losses } of found) {
    expect(device).toMatch(/^WebGPU, .*\(software\)$/);
    for (const [i, loss] of losses.entries()) {
      expect(Math.abs(loss - expected.losses[i]!)).toBeLessThan(1e-4 * expected.losses[i]!);
    }
  }
  expect(expected.losses.at(-1)).toBeLessThan(0.8 * expected.losses[0]!);
  expect(problems).toEqual([]);

  const diagnosis = await page.evaluate(() =>
    (globalThis as unknown as { doctor(): Promise<{ name: string; reason: string }[]> }).doctor(),
  );
  expect(diagnosis.find(({ name }) => name === "webgpu")?.reason).toContain("software only");
  expect(await page.evaluate(() => (globalThis as unknown as { auto(): Promise<string> }).auto())).toBe(
    "wasm",
  );
});

test("the training view offers the GPU, names it, says that it is software, and learns as on WebAssembly", async () => {
  const insight = await serveInsight();
  const page = await browser.context.newPage();
  const problems = watch(page, insight.url);
  await page.goto(`${insight.url}insight/#v1/training?nEmbd=16&batchSize=2&steps=20&engine=webgpu`);
  const losses = async () => {
    await page.getByRole("button", { name: /Start/ }).click();
    await page.locator('[data-step="20"]').waitFor({ timeout: 240_000 });
    const rows = await page.locator("table", { hasText: "Step by step" }).locator("tbody tr").all();
    const cells = await Promise.all(rows.map((row) => row.locator("td, th").nth(1).textContent()));
    return cells.map(Number);
  };
  await page.locator(".training-gpu", { hasText: /swiftshader.*software, which is slower/i }).waitFor();
  await page.locator("summary", { hasText: "As a table" }).first().press("Enter");
  const found = await losses();
  expect(await page.locator(".training-numbers").innerText()).toMatch(/WebGPU, .*\(software\)/);
  await page.getByLabel("computes on").selectOption("wasm");
  await page.locator('[data-step="0"]').waitFor();
  const expected = await losses();
  expect(await page.locator(".training-numbers").innerText()).toMatch(/WebAssembly, .*one thread/);
  expect(expected).toHaveLength(20);
  for (const [i, loss] of found.entries()) {
    expect(Math.abs(loss - expected[i]!), `step ${i + 1}`).toBeLessThan(1e-4 * expected[i]!);
  }
  expect(problems).toEqual([]);
  await page.close();
  await insight.close();
}, 300_000);

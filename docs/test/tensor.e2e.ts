import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watch } from "./browser.js";
import { isolated, serve } from "./server.js";
import { type Step, step } from "./tensor-step.js";

let browser: Awaited<ReturnType<typeof openBrowser>>;
let site: Awaited<ReturnType<typeof serve>>;

/** The page's script, and its worker's. */
const script = `
  import { step } from "./tensor-step.js";
  globalThis.step = step;
  globalThis.onmessage = async ({ data }) => {
    if (typeof data === "number") postMessage(await step(data));
  };`;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: "esm",
    conditions: ["@llm/source"],
  });
  const bundle = outputFiles[0]!.text;
  browser = await openBrowser();
  site = await serve(({ url }, response) => {
    const headers = url?.startsWith("/isolated/") ? isolated : {};
    if (url?.endsWith("/step.js")) {
      response.writeHead(200, { "content-type": "text/javascript", ...headers }).end(bundle);
      return;
    }
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers });
    response.end(
      '<!doctype html><link rel="icon" href="data:,"><script type="module" src="step.js"></script>',
    );
  });
});
afterAll(async () => {
  await browser?.close();
  site?.close();
});

/** Runs `work` in a page at this path; fails on what would only be seen in its console. */
async function within<T>(path: string, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(site.url + path);
  await page.waitForFunction("globalThis.step");
  const result = await work(page);
  expect(problems).toEqual([]);
  await page.close();
  return result;
}

/** A step in a worker of the page, which may wait for other threads. */
const inWorker = (page: Page, threads: number): Promise<Step> =>
  page.evaluate(async (threads) => {
    const worker = new Worker("step.js", { type: "module" });
    const answer = new Promise<Step>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage(threads);
    const step = await answer;
    worker.terminate();
    return step;
  }, threads);

const onMainThread = (page: Page, threads: number): Promise<Step> =>
  page.evaluate((threads) => (globalThis as unknown as { step: typeof step }).step(threads), threads);

function expectClose(actual: Step, expected: Step): void {
  expect(actual.loss).toBeCloseTo(expected.loss, 5);
  expect(actual.gradients.length).toBe(expected.gradients.length);
  const worst = Math.max(...actual.gradients.map((value, i) => Math.abs(value - expected.gradients[i]!)));
  expect(worst).toBeLessThan(1e-5);
}

test("a worker of an isolated page computes on two threads, equal from run to run and to Node", async () => {
  const [one, two, again] = await within("/isolated/", async (page) => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    return [await inWorker(page, 1), await inWorker(page, 2), await inWorker(page, 2)];
  });
  expect(one.device).toMatch(/one thread$/);
  expect(two.device).toMatch(/2 threads$/);
  expectClose(two, one);
  expect(again).toEqual(two);
  const inNode = await step(2);
  expect(inNode.device.split(", ").at(-1)).toBe("2 threads");
  expectClose(two, inNode);
});

test("the main thread, which may not wait, and a page that is not isolated have one thread", async () => {
  const main = await within("/isolated/", (page) => onMainThread(page, 2));
  const open = await within("/", (page) => inWorker(page, 2));
  for (const { device } of [main, open]) expect(device).toMatch(/one thread$/);
  expectClose(open, main);
});

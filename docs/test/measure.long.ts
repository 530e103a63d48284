// The page on which readers measure their own GPU, on one in software and where there is none.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watch } from "./browser.js";
import { serve } from "./server.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llm-measure-"));
  await build({
    entryPoints: [here("../measure/page.ts"), here("../measure/worker.ts")],
    ...{ outdir: folder, bundle: true, splitting: true, format: "esm", target: "es2022" },
    ...{ platform: "browser", conditions: ["@llm/source"], external: ["node:*", "koffi"], logLevel: "error" },
    loader: { ".css": "text" },
  });
  const page = `<!doctype html><link rel="icon" href="data:,"><main></main><script type="module">
    import { openMeasuring } from "/page.js";
    openMeasuring(document.querySelector("main"));</script>`;
  site = await serve(async ({ url = "/" }, response) => {
    const isPage = url === "/";
    response.writeHead(200, { "content-type": isPage ? "text/html; charset=utf-8" : "text/javascript" });
    // The page asks for the worker by the name of its source.
    response.end(isPage ? page : await readFile(join(folder, url.replace(/\.ts$/, ".js"))));
  });
});
afterAll(async () => {
  site?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("products, a training step and decoding are measured, with the adapter's name, and can be stopped", async () => {
  const browser = await openBrowser({ webgpu: true });
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await browser.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(site.url);
  await page.getByRole("button", { name: "Measure" }).click();
  await page.locator("tbody tr").first().waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped.").waitFor();
  await page.getByRole("button", { name: "Measure" }).click();
  await page.locator("main[data-done]").waitFor({ timeout: 280_000, state: "attached" });
  expect(await page.getByRole("status").innerText()).toMatch(/swiftshader.*no graphics card but software/i);
  await page.getByRole("button", { name: "Copy as TSV" }).click();
  const [head, ...rows] = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  expect(head).toBe("what\trate\tunit\ton");
  const cells = rows.map((row) => row.split("\t"));
  expect(cells.map(([, , unit]) => unit)).toEqual([...Array(5).fill("GFLOP/s"), "tokens/s", "tokens/s"]);
  for (const [what, rate, , on] of cells) {
    expect(Number(rate), what).toBeGreaterThan(0);
    expect(on).toMatch(/\(software\)$/);
  }
  expect(problems).toEqual([]);
  await browser.close();
}, 300_000);

test("without a GPU the page says what is missing", async () => {
  const browser = await openBrowser();
  const page = await browser.context.newPage();
  await page.goto(site.url);
  await page.getByRole("button", { name: "Measure" }).click();
  await page.getByText("Nothing can be measured here: WebGPU is there, but no GPU").waitFor();
  await page.getByRole("button", { name: "Measure" }).waitFor();
  await browser.close();
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watch } from "./browser.js";
import { serveInsight } from "./insight.js";

let site: Awaited<ReturnType<typeof serveInsight>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  site = await serveInsight();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test("a page that hangs extraction is ended and named, and the others are judged", async () => {
  const page = await browser.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(`${site.url}insight/#v1/data`);
  await page.locator(".insight-view").getByText("of 40 documents are kept").waitFor({ timeout: 60_000 });
  const file = (name: string, content: string) => ({ name, mimeType: "", buffer: Buffer.from(content) });
  await page
    .getByLabel(/^Your pages/)
    .setInputFiles([
      file("a.html", `<article>${"<p>x".repeat(4_000_000)}</article>`),
      file("b.txt", "Short."),
      file("c.html", `<main><p>${"A mill stands by the river. ".repeat(80)}</p></main>`),
    ]);
  await page.locator(".insight-view").getByText("of 3 documents are kept").waitFor({ timeout: 120_000 });
  await page.getByText("a.html: extraction took too long or broke its worker").waitFor();
  // It is the first that the step drops, so it is explained: with what it came as, cut short.
  await page.locator(".data-funnel a", { hasText: "extract" }).press("Enter");
  await page
    .locator(".data-verdicts .fails", { hasText: "extraction_timeout" })
    .waitFor({ timeout: 120_000 });
  expect((await page.locator(".data-text").first().innerText()).length).toBeLessThan(21_000);
  await page.close();
  expect(problems).toEqual([]);
});

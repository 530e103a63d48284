// Two views on one page, as a chapter may have them: the address is for both.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watch } from "./browser.js";
import { copiedBy } from "./insight.js";
import { buildInsight } from "./insight-build.js";
import { serveSite } from "./site.js";

let built: Awaited<ReturnType<typeof buildInsight>>;
let site: Awaited<ReturnType<typeof serveSite>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  built = await buildInsight({ views: ["data", "tokens"] });
  site = await serveSite({ folder: built.folder });
  browser = await openBrowser();
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await built?.close();
});

const view = (page: Page, at: number) => page.locator(".insight").nth(at);

/** Waits until both views show this. */
async function show(page: Page, data: string, hasBytes: boolean): Promise<void> {
  await page.waitForFunction(
    ([data, hasBytes]) => {
      const [first, second] = document.querySelectorAll<HTMLElement>("[data-shown]");
      const isFirst = first?.dataset["shown"]?.includes(data);
      return isFirst && second && (second.querySelector(".token-bytes") !== null) === hasBytes;
    },
    [data, hasBytes] as const,
    { timeout: 60_000 },
  );
}

test("two views of one page share its address, and neither takes the other's part", async () => {
  const page = await browser.context.newPage();
  const problems = watch(page, site.url);
  const address = () => page.evaluate(() => decodeURIComponent(location.hash));
  await page.goto(`${site.url}insight/`);
  await show(page, '"step":""', false);

  await view(page, 0).focus();
  await page.keyboard.press("n");
  await show(page, '"step":"c4Quality"', false);
  expect(await address()).toBe("#v1/data?step=c4Quality");
  await view(page, 1).getByLabel("bytes").check();
  await show(page, '"step":"c4Quality"', true);
  expect(await address()).toBe("#v1/tokens?bytes=yes;data?step=c4Quality");
  await view(page, 0).focus();
  await page.keyboard.press("n");
  await show(page, '"step":"finewebQuality"', true);
  const link = await address();
  expect(link).toBe("#v1/data?step=finewebQuality;tokens?bytes=yes");

  // Back undoes what was done last, in whichever view.
  await page.goBack();
  await show(page, '"step":"c4Quality"', true);
  await page.goBack();
  await show(page, '"step":"c4Quality"', false);
  await page.goForward();
  await page.goForward();
  await show(page, '"step":"finewebQuality"', true);
  await page.reload();
  await show(page, '"step":"finewebQuality"', true);

  // Each copies the address of both, with itself first; together they have no more room than one.
  const copied = await copiedBy(view(page, 1).getByRole("button", { name: "Copy link" }));
  expect(new URL(copied).hash).toBe("#v1/tokens?bytes=yes;data?step=finewebQuality");
  await view(page, 1).getByLabel("Your text").fill("ä".repeat(250));
  await view(page, 0)
    .getByLabel(/^First text, as it reaches/)
    .fill("ö".repeat(200));
  const full = await page.evaluate(() => location.hash);
  expect(full.length).toBeLessThanOrEqual(2048);
  expect(decodeURIComponent(full)).toMatch(/^#v1\/data\?.*;tokens\?bytes=yes$/);
  await view(page, 0).getByRole("button", { name: "Copy link" }).click();
  await view(page, 0).locator(".insight-note", { hasText: "no room for text" }).waitFor();
  await page.close();
  expect(problems).toEqual([]);
});

test("of a link a view takes what is its own, and says what it does not understand", async () => {
  const page = await browser.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(`${site.url}insight/#v1/sampling?temperature=2`);
  await show(page, '"step":""', false);
  expect(await view(page, 0).locator(".insight-note").innerText()).toBe("");
  for (const [hash, part, note] of [
    ["#v1/tokens?bytes=yes;data?step=pii;", '"step":"pii"', 'no view ""'],
    ["#v1/data?step=language&step=pii;data?step=extract;;?", '"step":"language"', 'no view ""'],
    ["#v1/data?at=%E0%A4%A", '"step":""', 'at "'],
    ["#v1/;data", '"step":""', "broken"],
  ] as const) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, hash);
    await view(page, 0).locator(".insight-note", { hasText: note }).waitFor({ timeout: 60_000 });
    await show(page, part, hash.includes("bytes=yes"));
  }
  await page.close();
  expect(problems).toEqual([]);
});

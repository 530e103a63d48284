import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";

/** Puts axe into the page. Colours that are on their way from one theme to the other are neither's: none is, from then on. */
async function prepare(page: Page): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet(); // which a page's security policy lets in, unlike a style tag
    sheet.replaceSync("*, ::before, ::after { transition: none !important }");
    document.adoptedStyleSheets.push(sheet);
  });
}

const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** The rules that read colours; the others find the same in both themes. */
const ofColours = ["color-contrast", "link-in-text-block"];

/** What axe finds against WCAG's levels A and AA, or against some rules: rule, element, and what is wrong with it. */
async function violations(page: Page, runOnly: string[]): Promise<string[]> {
  return page.evaluate(async (runOnly) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly,
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
    );
  }, runOnly);
}

/** What makes a page of the site dark, or light. */
const byClass = (page: Page, isDark: boolean) =>
  page.evaluate((on) => document.documentElement.classList.toggle("dark", on), isDark);

/** The same for a page that asks what its reader prefers. */
export const byPreference = (page: Page, isDark: boolean) =>
  page.emulateMedia({ colorScheme: isDark ? "dark" : "light" });

/** What axe finds on an open page, light and dark, wide and narrow: 360 px wide in the end. */
export async function violationsInAllForms(
  page: Page,
  darken: (page: Page, isDark: boolean) => Promise<unknown> = byClass,
): Promise<string[]> {
  await prepare(page);
  const found: string[] = [];
  for (const dark of [false, true]) {
    await darken(page, dark);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      for (const violation of await violations(page, dark ? ofColours : levels))
        found.push(`${width} px, ${dark ? "dark" : "light"}: ${violation}`);
    }
  }
  return found;
}

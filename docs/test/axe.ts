import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";

/** Puts axe into the page. Colours that are on their way from one theme to the other are neither's: none is, from then on. */
async function prepare(page: Page): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  await page.addStyleTag({ content: "*, ::before, ::after { transition: none !important }" });
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

/** The same of an open page, light and dark, wide and narrow: 360 px wide in the end. */
export async function violationsInAllForms(page: Page): Promise<string[]> {
  await prepare(page);
  const found: string[] = [];
  for (const dark of [false, true]) {
    await page.evaluate((on) => document.documentElement.classList.toggle("dark", on), dark);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      for (const violation of await violations(page, dark ? ofColours : levels))
        found.push(`${width} px, ${dark ? "dark" : "light"}: ${violation}`);
    }
  }
  return found;
}

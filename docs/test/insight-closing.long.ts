import { expect, test } from "vitest";
import { openBrowser } from "./browser.js";
import { leftAfter } from "./insight-closing.js";
import { serveSite } from "./site.js";

test("200 openings and closings leave nothing behind", { timeout: 1_800_000 }, async () => {
  const site = await serveSite();
  const browser = await openBrowser();
  try {
    expect(await leftAfter(browser.context, site.url, 50)).toEqual([]);
  } finally {
    await browser.close();
    site.close();
  }
});

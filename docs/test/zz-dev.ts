import { openBrowser, watch } from "./browser.js";
import { buildInsight } from "./insight-build.js";
import { serveSite } from "./site.js";

const { folder, close } = await buildInsight();
const site = await serveSite(folder);
const browser = await openBrowser();
const page = await browser.context.newPage();
const problems = watch(page, site.url);
await page.setViewportSize({ width: 1280, height: 1400 });
await page.goto(site.url + (process.argv[2] ?? "insight/#v1/inside"));
try {
  await page.locator("[data-cell][data-shown]").waitFor({ timeout: 30000 });
} catch (e) {
  console.log(String(e).slice(0, 300));
}
console.log(problems, await page.locator(".insight-warning").innerText());
await page.screenshot({ path: "/tmp/in-wide.png", fullPage: true });
await page.setViewportSize({ width: 360, height: 780 });
await page.screenshot({ path: "/tmp/in-phone.png", fullPage: true });
console.log(await page.evaluate(() => document.documentElement.scrollWidth));
await browser.close();
site.close();
await close();

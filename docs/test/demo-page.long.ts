import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openBrowser, watch } from "./browser.js";

const root = resolve(import.meta.dirname, "../..");

/** Starts the demo as `npm run demo` does. */
function demo(...argv: string[]) {
  const main = ["--import", "tsx", "--conditions=@llm/source", "apps/demo/src/main.ts"];
  return spawn(process.execPath, [...main, ...argv], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
}

// The whole demo takes minutes, and a quick run's model cannot add.
describe("the page of a whole run of the demo", () => {
  let runs: string;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    runs = await mkdtemp(join(tmpdir(), "llm-demo-page-"));
    browser = await openBrowser();
    const training = demo("--runs", runs);
    training.stdout.resume();
    expect(await new Promise((done) => training.on("exit", done))).toBe(0);
  }, 1_800_000);
  afterAll(async () => {
    await browser.close();
    await rm(runs, { recursive: true, force: true });
  });

  it.each(["light", "dark"] as const)("its report can be read on a phone, %s", async (colorScheme) => {
    const page = await browser.context.newPage();
    onTestFinished(() => page.close());
    await page.setViewportSize({ width: 360, height: 780 });
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(join(runs, "demo/report.html")).href);
    const found = await page.evaluate(() => {
      const texts = [...document.querySelectorAll("body :not(style)")].filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim()),
      );
      const isSmall = (element: Element) => Number.parseFloat(getComputedStyle(element).fontSize) < 12;
      // What is in a region that scrolls is not cut off.
      const isCut = (element: Element) =>
        !element.closest(".scroll") && element.getBoundingClientRect().right > innerWidth + 1;
      return {
        bad: texts.filter((element) => isSmall(element) || isCut(element)).map(({ outerHTML }) => outerHTML),
        over: document.documentElement.scrollWidth - innerWidth,
      };
    });
    expect(found).toEqual({ bad: [], over: 0 });

    const shown = page.locator(".stops > div").filter({ visible: true }).locator("h3");
    const last = await shown.innerText();
    await page.locator(".slider input:checked").press("ArrowLeft");
    expect(await shown.count()).toBe(1);
    expect(await shown.innerText()).not.toBe(last);
  });

  it("answers sums rightly", async () => {
    const server = demo("serve", "--runs", runs, "--port", "0");
    onTestFinished(() => void server.kill());
    const url = await new Promise<string>((done) => {
      let said = "";
      server.stdout.on("data", (data) => {
        said += data;
        if (said.includes("\n")) done(said.trim());
      });
    });
    const page = await browser.context.newPage();
    const problems = watch(page, url);
    await page.goto(url);
    await page.fill("#temperature", "0");
    for (const [i, [question, answer]] of [
      ["What is 47+38?", "85"],
      ["What is 62+25?", "87"],
      ["What is 94+29?", "123"],
    ].entries()) {
      await page.fill("#input", question!);
      await page.keyboard.press("Enter");
      const said = page.locator("article.assistant", { hasText: "Again" });
      await said.nth(i).waitFor(); // an answer that has ended
      expect(await said.nth(i).locator(".text").textContent()).toMatch(new RegExp(`\\b${answer}$`));
    }
    expect(problems).toEqual([]);
  });
});

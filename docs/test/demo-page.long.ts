import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

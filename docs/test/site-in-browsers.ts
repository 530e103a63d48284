import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { splitOutput } from "../.vitepress/output-comment.js";
import { BROWSERS, type DrivenPage } from "./other-browsers.js";
import { serveSite } from "./site.js";

/** Collects from the start what a reader would only see in the developer tools. */
const WATCH = `<script>
window.problems = [];
addEventListener("error", ({ message, target }) => {
  // What is fetched ahead may fail: it is fetched again when it is wanted.
  if (target.rel !== "prefetch") problems.push(message || "could not be loaded: " + (target.src || target.href));
}, true);
addEventListener("unhandledrejection", (event) => problems.push(String(event.reason)));
for (const kind of ["error", "warn"]) {
  const own = console[kind].bind(console);
  console[kind] = (...all) => (problems.push(all.join(" ")), own(...all));
}
</script>`;

const PACKAGES = ["dataset", "bpe", "tensor", "gpt", "train", "sample"];

/** Tests the site in each browser that is there; `paths` are the pages that are opened, with an example of each package on them. */
export function testInBrowsers(paths: readonly string[]): void {
  for (const browser of BROWSERS) testIn(browser, paths);
}

function testIn({ name, missing, open }: (typeof BROWSERS)[number], paths: readonly string[]): void {
  if (missing && !process.env["CI"]) {
    console.warn(`No ${name} here, so the site is not tested in it: ${missing}`);
  }
  describe.skipIf(missing !== undefined && !process.env["CI"])(name, () => {
    let site: Awaited<ReturnType<typeof serveSite>>;
    let page: DrivenPage;
    const examples = new Map<string, string>();

    beforeAll(async () => {
      if (missing) throw new Error(`There is no ${name}: ${missing}`);
      site = await serveSite({ head: WATCH });
      page = await open();
    });
    afterAll(async () => {
      await page?.close();
      site?.close();
    });

    /** Asks until the answer is as wanted. */
    async function until<T>(expression: string, isWanted: (answer: T) => boolean): Promise<T> {
      const end = Date.now() + 60_000;
      for (;;) {
        const answer = await page.ask<T>(expression);
        if (isWanted(answer)) return answer;
        if (Date.now() > end) {
          const told = JSON.stringify(await page.ask("window.problems"));
          throw new Error(`${expression} is ${JSON.stringify(answer)} after a minute; the page told ${told}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const problems = () => page.ask<string[]>("window.problems");

    test("pages open without an error", async () => {
      for (const path of paths) {
        await page.open(site.url + path);
        await until<boolean>("document.querySelector('#app h1') !== null", Boolean);
        for (const example of await page.ask<string[]>(
          "[...document.querySelectorAll('.run')].map((run) => run.dataset.example)",
        )) {
          examples.set(example, path);
        }
        expect(await problems(), path).toEqual([]);
      }
    });

    test.each(PACKAGES)("an example of @llm/%s prints what its file says", async (name) => {
      const [example, path] = [...examples].find(([example]) => example.startsWith(`${name}/`))!;
      const source = await readFile(
        new URL(`../../packages/${name}/examples/${example.split("/")[1]}.ts`, import.meta.url),
        "utf8",
      );
      await page.open(site.url + path);
      const run = `document.querySelector('.run[data-example="${example}"]')`;
      // The page takes clicks once its script runs.
      await until<boolean>("document.querySelector('#app').__vue_app__ !== undefined", Boolean);
      await page.ask(`${run}.querySelector(".run-start").click()`);
      await until<string | undefined>(`${run}.dataset.verdict`, Boolean);
      const printed = await page.ask<string>(`${run}.querySelector(".run-output").innerText`);
      expect(
        printed
          .trimEnd()
          .split("\n")
          .map((line) => line.trimEnd()),
      ).toEqual(splitOutput(source).output.split("\n"));
      expect(await problems()).toEqual([]);
    });

    test("the view Training trains 20 steps", async () => {
      await page.open("about:blank");
      await page.open(`${site.url}insight/#v1/training?nEmbd=16&batchSize=2&steps=20`);
      const start = `[...document.querySelectorAll("button")].find((button) => /Start/.test(button.textContent))`;
      await until<boolean>(`${start} !== undefined && !${start}.disabled`, Boolean);
      await page.ask(`${start}.click()`);
      await until<boolean>(`document.querySelector('[data-step="20"]') !== null`, Boolean);
      expect(await problems()).toEqual([]);
    });

    test("the view in space is drawn, or says that it cannot be, and its walk goes on", async () => {
      await page.open("about:blank");
      await page.open(`${site.url}insight/#v1/space?chapter=5`);
      await until<boolean>(`document.querySelector("[data-shown]") !== null`, Boolean);
      const isDrawn = await page.ask<boolean>(
        `document.createElement("canvas").getContext("webgl2") !== null`,
      );
      if (isDrawn) {
        // The first frame comes after what it shows.
        const calls = `document.querySelector(".space-picture canvas")?.dataset.calls ?? "0"`;
        await until<string>(calls, (drawn) => Number(drawn) > 0);
      } else {
        const none = await page.ask<string>(`document.querySelector(".space-none")?.textContent ?? ""`);
        expect(none).toContain("draws nothing in space");
      }
      await page.ask(
        `[...document.querySelectorAll("button")].find((button) => /^On/.test(button.textContent)).click()`,
      );
      await until<string>(`document.querySelector(".space-walk h3").textContent`, (title) =>
        title.startsWith("5 of 9: Attention, part 2 of"),
      );
      expect(await problems()).toEqual([]);
    });
  });
}

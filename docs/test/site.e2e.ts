import { readFile } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watch } from "./browser.js";
import { pages, serveSite } from "./site.js";

let site: { url: string; close: () => void };
let browser: { context: BrowserContext; close: () => Promise<void> };
let page: Page;
let problems: string[];
/** Of every page: the ids that a link can point to, the links inside the site, and the examples. */
const seen = new Map<string, { ids: Set<string>; links: string[]; examples: string[] }>();

beforeAll(async () => {
  site = await serveSite();
  browser = await openBrowser();
  page = await browser.context.newPage();
  problems = watch(page, site.url);
});

afterAll(async () => {
  await browser?.close();
  site?.close();
});

test("every page opens without an error, a failed request or a request to elsewhere", async () => {
  for (const path of pages()) {
    await page.goto(site.url + path, { waitUntil: "load" });
    await page.waitForSelector("#app main, #app .VPContent");
    const found = await page.evaluate(() => ({
      title: document.querySelector("h1")?.textContent ?? "",
      ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
      links: [...document.querySelectorAll("a[href]")].map((link) => (link as HTMLAnchorElement).href),
      examples: [...document.querySelectorAll<HTMLElement>(".run")].map(
        (run) => run.dataset["example"] ?? "",
      ),
    }));
    expect(found.title, `${path} has no heading`).not.toBe("");
    seen.set(path, {
      ids: new Set(found.ids),
      links: found.links.filter((link) => link.startsWith(site.url)),
      examples: found.examples,
    });
  }
  expect(problems).toEqual([]);
});

test("every link inside the site leads to a page and an anchor that exist", () => {
  const broken: string[] = [];
  for (const [path, { links }] of seen) {
    for (const link of new Set(links)) {
      const url = new URL(link);
      const target = link.slice(site.url.length).replace(/[#?].*$/, "");
      const file = target === "" || target.endsWith("/") ? `${target}index.html` : target;
      const there = seen.get(file) ?? seen.get(`${file}.html`);
      const anchor = decodeURIComponent(url.hash.slice(1));
      if (!there) broken.push(`${path} -> ${link}: no such page`);
      else if (anchor && !there.ids.has(anchor)) broken.push(`${path} -> ${link}: no such anchor`);
    }
  }
  expect(broken).toEqual([]);
});

test("every chapter has an example", () => {
  const chapters = [...seen].filter(([path]) => path.startsWith("chapters/"));
  expect(chapters).toHaveLength(7);
  for (const [path, { examples }] of chapters) {
    expect(examples.length, `${path} has no example`).toBeGreaterThan(0);
  }
});

/** An example's file, and the lines after its `// Output:`. */
async function read(example: string): Promise<{ source: string; output: string[] }> {
  const [name, file] = example.split("/");
  const folder = `../../packages/${name}/examples`;
  const source = await readFile(new URL(`${folder}/${file}.ts`, import.meta.url), "utf8");
  const comment = source.slice(source.lastIndexOf("// Output:\n")).trimEnd().split("\n").slice(1);
  return { source, output: comment.map((line) => line.replace(/^\/\/ ?/, "")) };
}

test("every example prints in the page what its file says, and every package has one", async () => {
  const used = new Set<string>();
  for (const [path, { examples }] of seen) {
    if (examples.length === 0) continue;
    await page.goto(site.url + path, { waitUntil: "networkidle" });
    for (const example of examples) {
      const { source, output } = await read(example);
      for (const [, name] of source.matchAll(/from "@llm\/(\w+)"/g)) used.add(name!);
      const run = page.locator(`.run[data-example="${example}"]`);
      // From the keyboard, as a reader without a mouse would.
      await run.getByRole("button").focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(`.run[data-example="${example}"][data-verdict]`, { timeout: 60_000 });
      const printed = (await run.locator(".run-output").innerText()).trimEnd().split("\n");
      expect(
        printed.map((line) => line.trimEnd()),
        example,
      ).toEqual(output);
      expect(await run.getByRole("status").innerText(), example).toMatch(/^✓/);
    }
  }
  expect([...used].sort()).toEqual(["bpe", "dataset", "gpt", "sample", "tensor", "train"]);
  expect(problems).toEqual([]);
});

test("a run can be stopped, and one that cannot start says so", async () => {
  const other = await browser.context.newPage();
  const run = other.locator('.run[data-example="sample/chains"]');
  await other.goto(`${site.url}get-started.html`, { waitUntil: "networkidle" });
  // Both clicks in one task of the page, so that the example cannot be done in between.
  await other.evaluate(async () => {
    const button = document.querySelector<HTMLElement>('.run[data-example="sample/chains"] button')!;
    button.click();
    button.click();
  });
  expect(await run.getAttribute("data-verdict")).toBe("stopped");

  await other.route(/worker/, (route) => route.abort());
  await run.getByRole("button").click();
  await other.waitForSelector('.run[data-verdict="failed"]');
  expect(await run.locator(".run-output").innerText()).toContain("could not be loaded");
  await other.close();
});

test("the search finds a chapter", async () => {
  await page.goto(site.url, { waitUntil: "networkidle" });
  await page.keyboard.press("Control+k");
  await page.locator(".VPLocalSearchBox input").fill("tokenisation");
  const first = page.locator(".VPLocalSearchBox .result").first();
  await first.waitFor();
  expect(await first.getAttribute("href")).toContain("tokenisation");
  expect(problems).toEqual([]);
});

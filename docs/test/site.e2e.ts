import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { splitOutput } from "../.vitepress/output-comment.js";
import { sourceLink } from "../.vitepress/repository.js";
import { openBrowser, watch } from "./browser.js";
import { pages, serveSite } from "./site.js";

let site: Awaited<ReturnType<typeof serveSite>>;
let browser: { context: BrowserContext; close: () => Promise<void> };
let page: Page;
let problems: string[];
/** Of every page: the ids that a link can point to, the links inside the site, and the examples. */
const seen = new Map<string, { ids: Set<string>; links: string[]; examples: string[] }>();
/** Of every example: what its run fetched, in bytes after gzip, and what its button had said. */
const downloads = new Map<string, { bytes: number; button: string }>();

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

/** What the file of a page says: of the API's 300 pages of one symbol, which one program has written alike. */
async function readFileOf(path: string) {
  const html = await (await fetch(site.url + path)).text();
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1]!);
  return {
    title: all(/<h1[^>]*>(.*?)<\/h1>/gs)[0] ?? "",
    ids: all(/ id="([^"]+)"/g),
    links: all(/<a [^>]*?href="([^"]+)"/g).map((link) => new URL(link, site.url + path).href),
    examples: [],
  };
}

async function open(path: string) {
  await page.goto(site.url + path, { waitUntil: "load" });
  await page.waitForSelector("#app main, #app .VPContent");
  return page.evaluate(() => ({
    title: document.querySelector("h1")?.textContent ?? "",
    ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
    links: [...document.querySelectorAll("a[href]")].map((link) => (link as HTMLAnchorElement).href),
    examples: [...document.querySelectorAll<HTMLElement>(".run")].map((run) => run.dataset["example"] ?? ""),
  }));
}

test("every page opens without an error, a failed request or a request to elsewhere", async () => {
  for (const path of pages()) {
    const found = await (/^api\/.*\/(functions|classes|interfaces)\//.test(path)
      ? readFileOf(path)
      : open(path));
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
      // A hash such as #v1/tokens is a state of Insight's.
      else if (anchor && !there.ids.has(anchor) && !/^v\d+\//.test(anchor))
        broken.push(`${path} -> ${link}: no such anchor`);
    }
  }
  expect(broken).toEqual([]);
});

test("the sources are linked once package.json says where they are, and nowhere else", () => {
  expect(sourceLink({})).toBeUndefined();
  for (const repository of [
    "owner/name",
    "github:owner/name",
    "https://github.com/owner/name",
    { url: "git+https://github.com/owner/name.git" },
  ]) {
    expect(sourceLink({ repository })).toBe("https://github.com/owner/name");
  }
  expect(sourceLink({ repository: "git@host:owner/name.git" })).toBeUndefined();
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
  const folder =
    name === "story" ? "../story" : `../../${name === "demo" ? "apps" : "packages"}/${name}/examples`;
  const source = await readFile(new URL(`${folder}/${file}.ts`, import.meta.url), "utf8");
  return { source, output: splitOutput(source).output.split("\n") };
}

/** The size of files on their way; what the page fetches ahead of a click on a link is no part of a run. */
function compressed(files: Iterable<string>): number {
  let bytes = 0;
  for (const file of files) if (!isPage(file)) bytes += gzipSync(readFileSync(file)).length;
  return bytes;
}

const isPage = (file: string) => /\.md\.[\w-]+(\.lean)?\.js$/.test(file);

test("every example prints in the page what its file says, and every package has one", async () => {
  const used = new Set<string>();
  for (const [path, { examples }] of seen) {
    if (examples.length === 0) continue;
    await page.goto(site.url + path, { waitUntil: "networkidle" });
    for (const example of examples) {
      const { source, output } = await read(example);
      for (const [, name] of source.matchAll(/from "@llm\/(\w+)"/g)) used.add(name!);
      const run = page.locator(`.run[data-example="${example}"]`);
      const button = await run.locator(".run-start").innerText();
      site.served.clear();
      // From the keyboard, as a reader without a mouse would.
      await run.locator(".run-start").focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(`.run[data-example="${example}"][data-verdict]`, { timeout: 60_000 });
      const printed = (await run.locator(".run-output").innerText()).trimEnd().split("\n");
      expect(
        printed.map((line) => line.trimEnd()),
        example,
      ).toEqual(output);
      expect(await run.getByRole("status").innerText(), example).toMatch(/^✓/);
      downloads.set(example, { bytes: compressed(site.served), button });
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
    const button = document.querySelector<HTMLElement>('.run[data-example="sample/chains"] .run-start')!;
    button.click();
    button.click();
  });
  expect(await run.getAttribute("data-verdict")).toBe("stopped");

  await other.route(/worker/, (route) => route.abort());
  await run.locator(".run-start").click();
  await other.waitForSelector('.run[data-verdict="failed"]');
  expect(await run.locator(".run-output").innerText()).toContain("could not be loaded");
  await other.close();
});

test("an example is edited and run from the keyboard, its errors say where, and Reset brings it back", async () => {
  await page.goto(`${site.url}get-started.html`, { waitUntil: "networkidle" });
  const run = page.locator('.run[data-example="sample/chains"]');
  const status = () => run.getByRole("status").innerText();
  await run.locator(".run-edit").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.classList.contains("cm-content"));
  const write = async (text: string) => {
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text);
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector('.run[data-example="sample/chains"][data-verdict]');
  };
  await write(
    'import { distribution } from "@llm/sample";\nconst { ids }: { ids: unknown } = distribution([1, 2]);\nconsole.log(String(await ids));',
  );
  expect(await run.locator(".run-output").innerText()).toBe("0,1\n");
  expect(await status()).toMatch(/^✓ Ran to its end/);
  await write("const a = 1;\nconst b = ;");
  expect(await run.locator(".run-output").innerText()).toMatch(
    /^Line 2, column \d+ cannot be read: Unexpected token/,
  );
  await write("const a = [];\n\na[0].b;");
  expect(await run.locator(".run-output").innerText()).toMatch(/^TypeError: .*\(line 3\)/);
  await write('import "node:fs";');
  expect(await run.locator(".run-output").innerText()).toContain(
    'A page cannot import "node:fs". It can import @llm/bpe',
  );
  // Tab goes on to the buttons: the editor is no trap.
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("▶ Run");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await run.locator(".cm-content").innerText()).toContain("const logits = [3, 2, 1];");
  expect(problems).toEqual([]);
});

test("a run that downloads more than 200 kB says how much, before it starts", () => {
  const wrong: string[] = [];
  for (const [example, { bytes, button }] of downloads) {
    const said = /loads ([\d.]+) MB/.exec(button)?.[1];
    const right = said === undefined ? bytes <= 200_000 : Math.abs(bytes / 1e6 - Number(said)) <= 0.1;
    if (!right) wrong.push(`${example} loads ${bytes} bytes, and its button says: ${button}`);
  }
  expect(wrong).toEqual([]);
});

/** What of the views' own files stands in these. */
const isOfViews = (file: string) =>
  /\.(js|css)$/.test(file) && readFileSync(file, "utf8").includes("insight-warning");

test("a chapter loads nothing of a view before it is opened, and then about what its button says", async () => {
  const wrong: string[] = [];
  for (const path of pages().filter((path) => path.startsWith("chapters/"))) {
    site.served.clear();
    await page.goto(site.url + path, { waitUntil: "networkidle" });
    const early = [...site.served].filter(
      (file) => !isPage(file) && (isOfViews(file) || /insight/.test(file)),
    );
    if (early.length > 0) wrong.push(`${path} loads ${early.join(", ")}`);
    for (const button of await page.getByRole("button", { name: /^▶ Open the view/ }).all()) {
      const words = await button.innerText();
      site.served.clear();
      await button.click();
      await page.locator("[data-shown], [data-loaded]").first().waitFor({ timeout: 60_000 });
      await page.waitForLoadState("networkidle");
      expect([...site.served].filter(isOfViews).length, words).toBeGreaterThan(0);
      const megabytes = compressed(site.served) / 1e6;
      const said = Number(/about ([\d.]+) MB/.exec(words)![1]);
      if (Math.abs(megabytes - said) > 0.05) wrong.push(`${path}, ${words}: ${megabytes.toFixed(2)} MB`);
      await page.reload({ waitUntil: "networkidle" });
    }
  }
  expect(wrong).toEqual([]);
  expect(problems).toEqual([]);
});

test("the search for a word finds its chapter first", async () => {
  await page.goto(site.url, { waitUntil: "networkidle" });
  const box = page.locator(".VPLocalSearchBox input");
  // The key does nothing before the page's script has run.
  await expect
    .poll(() => page.keyboard.press("Control+k").then(() => box.isVisible()), { timeout: 30_000 })
    .toBe(true);
  const wrong: string[] = [];
  for (const [chapter, words] of Object.entries({
    "pretraining-data": ["deduplication", "MinHash", "crawl"],
    tokenisation: ["tokenisation", "tokenization", "tokenizer", "BPE"],
    training: ["loss", "perplexity", "learning rate", "optimizer", "batch"],
    "network-internals": ["attention", "embedding", "gradient", "backpropagation", "RoPE"],
    inference: ["temperature", "sampling", "top-p", "kv cache", "speculative decoding"],
    "base-models": ["few-shot", "base model"],
    "post-training": ["reward", "fine-tuning", "chat template", "LoRA"],
  })) {
    for (const word of words) {
      await box.fill(word);
      // The box still shows what the search before it found.
      const found = await page
        .waitForFunction(
          (chapter) => {
            const first = document.querySelector(".VPLocalSearchBox .result")?.getAttribute("href");
            return first?.includes(`chapters/${chapter}`);
          },
          chapter,
          { timeout: 60_000 },
        )
        .catch(() => undefined);
      if (!found) wrong.push(`${word}: not ${chapter}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(problems).toEqual([]);
});

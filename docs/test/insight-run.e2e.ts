import { spawn } from "node:child_process";
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Tokenizer, train as trainTokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { distribution } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { VIEWS } from "../insight/views.js";
import { openBrowser, watch } from "./browser.js";
import { serveSite } from "./site.js";

let site: Awaited<ReturnType<typeof serveSite>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
/** A run of the reader's: its folder, and the model that is in it. */
let folder: string;
let tokenizer: Tokenizer;
let model: Gpt;

const log = [6.2, 5.1, 4.4, 3.9].map((loss, step) => ({ step: step + 1, loss, lr: 0.1, gradNorm: 1 }));
const drops = [
  {
    id: "a.html",
    step: "gopherQuality",
    reason: "gopher_short_doc",
    metric: "words",
    value: 7,
    threshold: 50,
  },
  {
    id: "b.html",
    step: "gopherQuality",
    reason: "gopher_short_doc",
    metric: "words",
    value: 9,
    threshold: 50,
  },
  {
    id: "c.html",
    step: "minhashDedup",
    reason: "near_duplicate",
    metric: "duplicate of",
    value: "z",
    threshold: "none",
  },
];
const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
  site = await serveSite();
  browser = await openBrowser();
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  folder = await mkdtemp(join(tmpdir(), "llm-run-"));
  tokenizer = await trainTokenizer("the cat sat on the mat and the dog sat on the log ".repeat(4), {
    vocabSize: 280,
  });
  // Grouped queries, rotary positions, a gated MLP: a Llama's kind.
  const shape = { vocabSize: 280, blockSize: 64, nLayer: 2, nHead: 4, nKvHead: 2, nEmbd: 32 };
  const kind = { norm: "rms", position: "rope", activation: "silu", bias: false } as const;
  model = Gpt.create({ ...shape, ...kind, mlp: { kind: "gated", width: 48 } }, { seed: 5 });
  await mkdir(join(folder, "model"));
  await model.save(join(folder, "model"));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer.toHF()));
  await writeFile(join(folder, "log.jsonl"), lines([{ step: 0, valLoss: 6.3 }, ...log]));
  await writeFile(join(folder, "drops.jsonl"), lines(drops));
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  model?.dispose();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function at<T>(hash: string, work: (page: Page) => Promise<T>, address = site.url): Promise<T> {
  const page = await browser.context.newPage();
  const problems = watch(page, address);
  await page.goto(`${address}insight/${hash}`, { waitUntil: "load" });
  const result = await work(page);
  await page.close();
  expect(problems).toEqual([]);
  return result;
}

/** Chooses files, as many paths of the run or other contents. */
async function choose(page: Page, files: readonly (string | { name: string; content: string | Buffer })[]) {
  const panel = page.locator(".insight-run");
  if (!(await panel.evaluate((details: HTMLDetailsElement) => details.open)))
    await panel.locator("summary").press("Enter");
  const chosen = await Promise.all(
    files.map(async (file) => {
      const { name, content } =
        typeof file === "string"
          ? { name: file.slice(file.lastIndexOf("/") + 1), content: await readFile(join(folder, file)) }
          : file;
      return { name, mimeType: "", buffer: Buffer.from(content) };
    }),
  );
  await panel.getByLabel("Files").setInputFiles(chosen);
}

const MODEL = ["model/model.safetensors", "model/config.json", "tokenizer.json"];
const text = "the cat sat on";

/** The bars of the first stage: each token's id with its probability. */
async function firstStage(page: Page, ids: readonly number[]): Promise<[id: number, p: number][]> {
  await page.locator(`[data-shown="${ids.join(".")}"]`).waitFor({ timeout: 60_000 });
  return page
    .locator('.stage[data-stage="model"] li')
    .evaluateAll((all) =>
      all.map((one) => [
        Number((one as HTMLElement).dataset["id"]),
        Number((one as HTMLElement).dataset["p"]),
      ]),
    );
}

async function expectOwnBars(page: Page): Promise<void> {
  const ids = [...tokenizer.encodeOrdinary(text)];
  const session = model.session(1);
  const [logits] = await session.step([{ row: session.rows[0]!, ids }]);
  const [first] = distribution.trace(logits!, { temperature: 0.8 }, { prompt: ids, output: [] });
  session.dispose();
  const computed = new Map(Array.from(first!.ids, (id, i) => [id, first!.probabilities[i]!]));
  const drawn = await firstStage(page, ids);
  expect(drawn.length).toBeGreaterThanOrEqual(10);
  for (const [id, p] of drawn) expect(p, `token ${id}`).toBeCloseTo(computed.get(id)!, 6);
}

test("a run that is opened is what every view shows: its model, its tokens, its log, its drops", async () => {
  await at(`#v1/sampling?${new URLSearchParams({ text })}`, async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await choose(page, [...MODEL, "log.jsonl", "drops.jsonl"]);
    await page
      .locator(".insight-run")
      .getByText("Open: a model, a log of 4 steps, 3 dropped documents")
      .waitFor({ timeout: 60_000 });
    await page.waitForFunction(
      () => document.querySelector<HTMLSelectElement>("[data-models]")?.value === "own",
    );
    await expectOwnBars(page);

    for (const { title } of VIEWS) {
      await page.getByRole("link", { name: title, exact: true }).click();
      await page
        .locator(
          `section.insight[aria-label="${title}"] [data-shown], section.insight[aria-label="${title}"] [data-step]`,
        )
        .first()
        .waitFor({ timeout: 60_000 });
      expect(await page.locator(".insight-warning").innerText(), title).toBe("");
    }

    await page.getByRole("link", { name: "Data" }).click();
    await page.locator(".insight-view").getByText("Your run dropped 3 documents").waitFor();
    expect(
      await page
        .locator(".data-funnel a")
        .evaluateAll((all) => all.map((one) => one.getAttribute("aria-label"))),
    ).toEqual([
      "dropped documents 3",
      "▶ gopherQuality 3 in, 1 kept −2: gopher_short_doc 2",
      "minhashDedup 1 in, 0 kept −1: near_duplicate 1",
    ]);
    expect(await page.locator(".data-document").allInnerTexts()).toEqual([
      expect.stringMatching(/^a\.html\s*words 7, limit 50$/),
      expect.stringMatching(/^b\.html\s*words 9, limit 50$/),
    ]);

    await page.getByRole("link", { name: "Training" }).click();
    const chart = page.locator("svg.chart").first();
    await chart.waitFor();
    expect(await chart.getAttribute("aria-label")).toContain("The log of your run ends at step 4 with 3.90.");
    expect(await chart.locator("text.halo").allTextContents()).toContain("your run's log");
    // A run in the page learns with the tokenizer of the reader's.
    await page.getByLabel("nEmbd").fill("16");
    await page.getByLabel("nEmbd").press("Enter");
    await page.getByRole("button", { name: "One step" }).click();
    await page.locator('[data-step="1"]').waitFor({ timeout: 60_000 });
    expect(await chart.locator("text.halo").allTextContents()).toContain(
      `all tokens alike, ln V: ${Math.log(tokenizer.vocabSize).toFixed(2)}`,
    );

    await page.getByRole("link", { name: "Tokens" }).click();
    await page.getByLabel("Your text").fill(text);
    const own = page
      .locator(
        '[aria-label^="Your run\'s tokenizer.json"].token-line, [aria-label^="Your run\'s tokenizer.json"] .token-line',
      )
      .first();
    const drawn = () =>
      own
        .locator(".token")
        .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["id"])));
    await expect.poll(drawn).toEqual([...tokenizer.encodeOrdinary(text)]);
  });
});

test("a file that is wrong says which and why, and what was open stays", async () => {
  const weights = await readFile(join(folder, "model/model.safetensors"));
  const config = JSON.parse(await readFile(join(folder, "model/config.json"), "utf8"));
  const large = join(folder, "large");
  await mkdir(large);
  await writeFile(join(large, "config.json"), "{}");
  const sparse = await open(join(large, "model.safetensors"), "w");
  await sparse.truncate(700e6);
  await sparse.close();
  const other = await trainTokenizer("hello hello hello", { vocabSize: 262 });
  const big = await trainTokenizer(
    "the quick brown fox jumps over seven lazy wizards who boil strange potions ".repeat(9),
    { vocabSize: 290 },
  );
  const [safetensors, json, tokens] = MODEL as [string, string, string];
  const cases: [words: RegExp, files: Parameters<typeof choose>[1]][] = [
    [
      /model\.safetensors cannot be read; was it cut short\?/,
      [{ name: "model.safetensors", content: weights.subarray(0, weights.length - 1000) }, json, tokens],
    ],
    [
      /model\.safetensors cannot be read/,
      [{ name: "model.safetensors", content: weights.subarray(0, 5) }, json],
    ],
    [/model\.safetensors cannot be read/, [{ name: "model.safetensors", content: "" }, json]],
    [/config\.json is not JSON/, [safetensors, { name: "config.json", content: '{"vocab_size": ' }, tokens]],
    [/config\.json holds no object/, [safetensors, { name: "config.json", content: "[]" }]],
    [
      /config wants/,
      [safetensors, { name: "config.json", content: JSON.stringify({ ...config, hidden_size: 64 }) }],
    ],
    [/tokenizer\.json is no JSON/, [safetensors, json, { name: "tokenizer.json", content: '{"model"' }]],
    [
      /tokenizer\.json cannot be read/,
      [safetensors, json, { name: "tokenizer.json", content: '{"model": 3}' }],
    ],
    [
      /tokenizer\.json has 290 tokens and the model knows 280/,
      [safetensors, json, { name: "tokenizer.json", content: JSON.stringify(big.toHF()) }],
    ],
    [/model\.safetensors is there without config\.json/, [safetensors]],
    [/config\.json is there without model\.safetensors/, [json]],
    [
      /log\.jsonl, line 2, is no JSON/,
      [{ name: "log.jsonl", content: '{"step": 1, "loss": 2}\n{"step": 2, "lo' }],
    ],
    [/log\.jsonl, line 1, has no number "step"/, [{ name: "log.jsonl", content: "{}\n" }]],
    [/log\.jsonl has no line/, [{ name: "log.jsonl", content: "" }]],
    [/drops\.jsonl, line 1, has no "id"/, [{ name: "drops.jsonl", content: '{"id": 3}\n' }]],
    [/photo\.png is no file of a run/, [{ name: "photo.png", content: "" }]],
  ];
  await at(`#v1/sampling?${new URLSearchParams({ text })}`, async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await choose(page, MODEL);
    await page.locator(".insight-run").getByText("Open: a model.").waitFor({ timeout: 60_000 });
    const warning = page.locator(".insight-warning");
    for (const [words, files] of cases) {
      // What was said of the files before is no answer to these.
      await warning.evaluate((said) => said.replaceChildren());
      await choose(page, files);
      await warning.filter({ hasText: words }).waitFor({ timeout: 60_000 });
      expect(await warning.innerText()).toContain("What was open before stays.");
    }
    await page.locator(".insight-run").getByLabel("or its folder").setInputFiles(large);
    await warning.filter({ hasText: /large\/model\.safetensors is too large: it has 700 MB/ }).waitFor();
    await page.getByRole("button", { name: "Another number" }).click();
    await page.waitForFunction(() => !document.querySelector(".insight-warning")?.textContent);
    await expectOwnBars(page);

    // A whole folder, with another tokenizer in another place, which is not the model's.
    await mkdir(join(folder, "old"));
    await writeFile(join(folder, "old/tokenizer.json"), JSON.stringify(other.toHF()));
    await rm(large, { recursive: true });
    await page.locator(".insight-run").getByLabel("or its folder").setInputFiles(folder);
    await page
      .locator(".insight-run")
      .getByText("Open: a model, a log of 4 steps, 3 dropped documents")
      .waitFor({ timeout: 60_000 });
    await expectOwnBars(page);

    // Of two at once the last stays, though it is read sooner.
    await choose(page, MODEL);
    await choose(page, ["log.jsonl"]);
    const ids = [...tokenizer.encodeOrdinary(text)].join(".");
    // The site's model is opened after that of the first one.
    await page.locator(`[data-shown]:not([data-shown="${ids}"])`).waitFor({ timeout: 60_000 });
    await page.locator(".insight-run").getByText("Open: a log of 4 steps. All views show it.").waitFor();
  });
});

test("npm run demo -- view serves the site with the run opened, isolated", async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const [runs, name] = [join(folder, ".."), folder.slice(folder.lastIndexOf("/") + 1)];
  const program = ["--import", "tsx", "--conditions=@llm/source", "apps/demo/src/main.ts"];
  const child = spawn(process.execPath, [...program, "view", "--runs", runs, "--name", name, "--port", "0"], {
    cwd: root,
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let [said, complaints] = ["", ""];
      child.stdout.on("data", (chunk) => {
        said += chunk;
        if (said.includes("\n")) resolve(said.trim());
      });
      child.stderr.on("data", (chunk) => {
        complaints += chunk;
      });
      child.on("exit", () => reject(new Error(said + complaints)));
    });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/insight\/\?run$/);
    await at(
      `?run#v1/sampling?${new URLSearchParams({ text })}`,
      async (page) => {
        await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
        await expectOwnBars(page);
        expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
        await page.reload();
        await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
        await expectOwnBars(page);
      },
      url.replace("insight/?run", ""),
    );
  } finally {
    child.kill("SIGINT");
  }
  expect(await new Promise((resolve) => child.once("exit", resolve))).not.toBe(1);
});

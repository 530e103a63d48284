import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CHAT_TOKENS, renderChat, Tokenizer, train as trainTokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { distribution, draw, type SamplingParams, uniform } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { schedule, tokenArray, train } from "@llm/train";
import type { Download, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { rising } from "../insight/palette.js";
import { range, share } from "../insight/views/training/gradient-grid.js";
import { watch } from "./browser.js";
import { copiedBy, openInsight, siteModel, siteText, siteTokenizer } from "./insight.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

/** Opens /insight/ at a state, works there, and fails on what only its console would tell. */
async function at<T>(hash: string, work: (page: Page) => Promise<T>, expected: RegExp[] = []): Promise<T> {
  const page = await site.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(`${site.url}insight/${hash}`, { waitUntil: "load" });
  const result = await work(page);
  await page.close();
  expect(problems.filter((problem) => !expected.some((known) => known.test(problem)))).toEqual([]);
  return result;
}

/** Waits until the bars are those of a text of so many tokens. */
const bars = (page: Page, tokens: number) =>
  page.waitForFunction(
    (tokens) =>
      document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.split(".").length === tokens,
    tokens,
    { timeout: 60_000 },
  );

interface Bar {
  stage: string;
  id: number;
  p: string;
  width: number;
  isGhost: boolean;
  logit: string | undefined;
}

/** Every bar as it is drawn: its width as a share of its place. */
const drawnBars = (page: Page): Promise<Bar[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".stage")].flatMap((stage) =>
      [...stage.querySelectorAll<HTMLElement>("li")].map((row) => ({
        stage: stage.dataset["stage"]!,
        id: Number(row.dataset["id"]),
        p: row.dataset["p"]!,
        width:
          row.querySelector("i")!.getBoundingClientRect().width / row.querySelector("button")!.clientWidth,
        isGhost: row.classList.contains("ghost"),
        logit: row.querySelector("small")?.innerText,
      })),
    ),
  );

const text = "The model is trained on";

const served = (path: string) => fileURLToPath(new URL(`../public/insight/${path}`, import.meta.url));

test.each([
  ["hf", { temperature: 0.7, topK: 9, topP: 0.8, minP: 0.01, repetitionPenalty: 1.3 }],
  ["llamacpp", { temperature: 1.5, topK: 6, topP: 0.9, typicalP: 0.9 }],
])("Sampling draws what distribution computes, in the order of %s", async (chain, params) => {
  const { model, tokenizer } = await siteModel();
  const ids = [...tokenizer.encodeOrdinary(text)];
  const session = model.session(1);
  const [logits] = await session.step([{ row: session.rows[0]!, ids }]);
  const full = { ...params, chain } as SamplingParams;
  const steps = distribution.trace(logits!, full, { prompt: ids, output: [] });
  const drawn = draw(steps.at(-1)!, uniform({ seed: 7, position: ids.length }));
  model.dispose();

  const written = new URLSearchParams({ text, chain, seed: "7", ...mapped(params) });
  await at(`#v1/sampling?${written}`, async (page) => {
    await bars(page, ids.length);
    const found = await drawnBars(page);
    expect([...new Set(found.map(({ stage }) => stage))]).toEqual(steps.map(({ stage }) => stage));
    expect(found.length).toBeGreaterThanOrEqual(50);
    const last = new Map<number, number>();
    const isDivided = !("repetitionPenalty" in params);
    for (const { stage, id, p, width, isGhost, logit } of found) {
      const own = logits![id]!;
      const divided = isDivided ? (own / params.temperature).toFixed(2) : undefined;
      expect(logit).toBe({ model: own.toFixed(2), temperature: divided }[stage as string]);
      const { ids: left, probabilities } = steps.find((step) => step.stage === stage)!;
      const place = left.indexOf(id);
      const computed = place < 0 ? undefined : probabilities[place]!;
      expect(isGhost, `${stage} ${id}`).toBe(computed === undefined);
      if (computed === undefined) expect(p).toBe("");
      else expect(Number(p)).toBeCloseTo(computed, 6);
      if (computed !== undefined) last.set(id, computed);
      // A ghost is as long as the bar was before it was removed.
      expect(width, `${stage} ${id}`).toBeCloseTo(last.get(id)!, 1);
    }
    expect(found.some(({ isGhost }) => isGhost)).toBe(true);
    expect(await page.locator(".draw-line .drawn").getAttribute("data-id")).toBe(String(drawn));
    const table = page
      .locator("details", { has: page.locator("summary", { hasText: "As a table" }) })
      .first();
    await table.locator("summary").press("Enter");
    await table.locator("th[scope=col]").first().waitFor();
    const head = await table.locator("th[scope=col]").allInnerTexts();
    expect(head.slice(0, isDivided ? 4 : 3).join()).toBe(
      `id,token,logit${isDivided ? ",logit / temperature" : ""}`,
    );
    expect(head.join()).not.toMatch(/topK|topP|WithTies/);
    const rows = await table
      .locator("tbody tr")
      .evaluateAll((all) =>
        all.map((row) => [...(row as HTMLTableRowElement).cells].map((cell) => cell.innerText)),
      );
    expect(Number(rows.find(([id]) => id === `${drawn}`)![2])).toBeCloseTo(logits![drawn]!, 3);
    const total = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>(".draw-line > span")].reduce(
        (sum, part) => sum + Number.parseFloat(part.style.width),
        0,
      ),
    );
    expect(total).toBeCloseTo(100, 3);
  });
});

const mapped = (params: object) =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

test("Sampling by keyboard alone: draws, takes back, reorders, goes another way; Back and a reload restore it", async () => {
  const tokenizer = await siteTokenizer();
  const n = tokenizer.encodeOrdinary(text).length;
  await at(`#v1/sampling?${new URLSearchParams({ text })}`, async (page) => {
    await bars(page, n);
    await page.locator(".insight").focus();
    await page.keyboard.press("d");
    await bars(page, n + 1);
    await page.keyboard.press("d");
    await bars(page, n + 2);
    expect(await page.locator(".cache .kept").count()).toBe(n + 1);
    // Twice a token more; without what is kept the whole text would be computed each time.
    await page.getByText(`${n + 2}; without the cache it would have been ${3 * n + 3}.`).waitFor();
    const hash = await page.evaluate(() => location.hash);
    const taken = await page
      .locator("[data-shown]")
      .evaluate((view) => (view as HTMLElement).dataset["shown"]!.split(".").at(-1));
    await page.keyboard.press("b");
    await bars(page, n + 1);

    // Another token than the drawn one, from its bar: the tree has two branches then.
    await page.locator(`.stage[data-stage="model"] li:not([data-id="${taken}"]) button`).nth(3).focus();
    await page.keyboard.press("Enter");
    await bars(page, n + 2);
    expect(await page.locator(".tree > ul > li > ul > li > ul > li").count()).toBe(2);

    await page.getByRole("button", { name: "Move top-p earlier" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.includes("order="));
    await page.waitForFunction(
      () => document.querySelectorAll<HTMLElement>(".stage")[2]?.dataset["stage"] === "topP",
    );
    // The stage has another place, and its button still has the focus.
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Move top-p earlier",
    );
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await bars(page, n + 2);
    expect(await page.evaluate(() => location.hash)).toBe(hash);
    await page.reload();
    await bars(page, n + 2);

    await page.locator(".insight").focus();
    await page.keyboard.press("?");
    expect(await page.locator("dialog[open] kbd").allInnerTexts()).toEqual([
      "d",
      "n",
      "b",
      ">",
      "?",
      "Escape",
    ]);
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(await copiedBy(page.getByRole("button", { name: "Copy link" }))).toBe(page.url());
    await page.locator("summary", { hasText: "As a table" }).first().press("Enter");
    const tsv = page.getByRole("button", { name: "Copy as TSV" });
    const [head, first] = (await copiedBy(tsv)).split("\n");
    expect(head!.split("\t").slice(0, 3)).toEqual(["id", "token", "logit"]);
    const model = head!.split("\t").indexOf("the model");
    const { id, p } = (await drawnBars(page))[0]!;
    expect(first!.split("\t")[0]).toBe(String(id));
    expect(first!.split("\t")[model]).toBe(p);
  });
});

test("a stage is moved by dragging it, too", async () => {
  await at(`#v1/sampling?${new URLSearchParams({ text })}`, async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const head = (stage: string) => page.locator(`.stage[data-stage="${stage}"] .stage-head`);
    const order = () =>
      page.locator(".stage").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["stage"]));
    expect(await order()).toEqual(["model", "temperature", "topKWithTies", "topP"]);
    await head("topP").dragTo(head("temperature"));
    await expect.poll(order).toEqual(["model", "topP", "temperature", "topKWithTies"]);
    await page.goBack();
    await expect.poll(order).toEqual(["model", "temperature", "topKWithTies", "topP"]);
  });
});

test("the list of models says how many bytes each of them loads", async () => {
  await at("#v1/sampling", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const options = await page
      .locator("[data-models] option")
      .evaluateAll((all) =>
        all.map((one) => [(one as HTMLOptionElement).value, one.textContent] as [string, string]),
      );
    const sized = options.filter(([, words]) => / kB\)$/.test(words));
    expect(sized.length).toBe(11);
    for (const [name, words] of sized) {
      const [family, which] = name.split("-") as [string, string?];
      const folder = which === undefined ? "" : family === "base" ? `/step-${which}` : `/${which}`;
      const own = ["model.safetensors", "config.json"].map((file) => `${family}${folder}/${file}`);
      const files = which === undefined ? own : [...own, `${family}/tokenizer.json`];
      const sizes = await Promise.all(files.map(async (file) => (await stat(served(file))).size));
      const said = 1000 * Number(/([\d.]+) kB/.exec(words)![1]);
      expect(Math.abs(said - sizes.reduce((sum, size) => sum + size)), words).toBeLessThanOrEqual(10_000);
    }
  });
});

test("an old or a broken link opens as usual, with a note", async () => {
  const tokens = (await siteTokenizer()).encodeOrdinary("The model is").length;
  await at("#v7/sampling?temperature=2", async (page) => {
    for (const [hash, note] of [
      ["#v7/sampling?temperature=2", "version 7"],
      ["#v1/sampling?temperature=hot&strange=1", 'temperature "hot", strange'],
      ["#v1/nowhere", 'no view "nowhere"'],
      ["#v1", "broken"],
    ] as const) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, hash);
      await page.locator(".insight-note", { hasText: note }).waitFor({ timeout: 60_000 });
      await bars(page, tokens);
      expect(await page.getByRole("slider").first().inputValue()).toBe("0.8");
    }
  });
});

test("a text too long for a link is left out of it, and Copy link says so", async () => {
  await at("#v1/sampling", async (page) => {
    await bars(page, 4);
    await page.getByLabel("Text that the model continues").fill("ä".repeat(400));
    expect((await page.evaluate(() => location.hash)).length).toBeLessThanOrEqual(2048);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.locator(".insight-note", { hasText: "no room for text" }).waitFor();
  });
});

test("Training makes Node's steps to the bit, and its strip shows their gradients", async () => {
  const tokenizer = await siteTokenizer();
  const ids = [...tokenizer.encodeOrdinary(await siteText())];
  const model = Gpt.create({ vocabSize: 512, blockSize: 32, nLayer: 1, nHead: 1, nEmbd: 16 }, { seed: 3 });
  const names = model.parameters().map(({ name }) => name);
  const norms: number[][] = [];
  const losses: number[] = [];
  const plan = { steps: 50, batchSize: 4, blockSize: 32, seed: 3 };
  for await (const { loss } of train(model, tokenArray(ids), {
    ...plan,
    lr: schedule.cosine({ lr: 0.01, warmup: 10, steps: 50 }),
    onGradients: (all) => norms.push(names.map((name) => all.get(name)!)),
  })) {
    losses.push(loss);
  }
  await at("#v1/training?nEmbd=16&batchSize=4&steps=50&seed=3", async (page) => {
    await page.locator('[data-step="0"]').waitFor();
    await page.locator(".insight").focus();
    await page.keyboard.press("t");
    await page.locator('[data-step="1"]').waitFor({ timeout: 60_000 });
    await page.keyboard.press("s");
    await page.locator('[data-step="50"]').waitFor({ timeout: 120_000 });
    await page.locator("summary", { hasText: "As a table" }).first().press("Enter");
    const tsv = page.getByRole("button", { name: "Copy as TSV" });
    const [head, ...rows] = (await copiedBy(tsv)).split("\n");
    expect(head!.split("\t").slice(5)).toEqual(names);
    expect(rows.map((row) => Number(row.split("\t")[1]))).toEqual(losses);

    const [low, high] = range(norms.map((norms) => ({ norms })));
    const pixels = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".heatmap canvas")!;
      const { width, height } = canvas;
      return { width, height, data: [...canvas.getContext("2d")!.getImageData(0, 0, width, height).data] };
    });
    expect([pixels.width, pixels.height]).toEqual([50, names.length]);
    for (let step = 0; step < 50; step++) {
      for (let row = 0; row < names.length; row++) {
        const place = 4 * (row * 50 + step);
        const expected = rising(share(norms[step]![row]!, low, high));
        expect(pixels.data.slice(place, place + 3), `${names[row]}, step ${step + 1}`).toEqual([...expected]);
      }
    }
    // The chart's line ends where the last loss is.
    const words = await page.locator("svg.chart").first().getAttribute("aria-label");
    expect(words).toContain(`After 50 steps ${losses.at(-1)!.toFixed(2)} nats`);
    expect(words).toMatch(/a bigram needs \d/);
  });
});

test("Training on the reader's own text pauses, and saves the files of what Node trains", async () => {
  const own = "the cat sat on the mat, and the dog sat on the log. ".repeat(20);
  const ids = [...(await siteTokenizer()).encodeOrdinary(own)];
  const learner = Gpt.create({ vocabSize: 512, blockSize: 32, nLayer: 1, nHead: 1, nEmbd: 16 }, { seed: 1 });
  const steps = train(learner, tokenArray(ids), {
    ...{ steps: 5000, batchSize: 2, blockSize: 32, seed: 1 },
    lr: schedule.cosine({ lr: 0.01, warmup: 10, steps: 5000 }),
  });
  await at("#v1/training?nEmbd=16&batchSize=2&steps=5000", async (page) => {
    const step = () =>
      page.locator("[data-step]").evaluate((view) => Number((view as HTMLElement).dataset["step"]));
    await page.getByLabel("Text to learn from").fill(own);
    await page.getByRole("button", { name: /Start/ }).click();
    await expect.poll(step, { timeout: 60_000 }).toBeGreaterThan(2);
    await page.getByRole("button", { name: /Pause/ }).click();
    // What was under way ends, and is said.
    await page.locator(".insight-live", { hasText: /^Step \d+: a loss of/ }).waitFor({ state: "attached" });
    const made = await step();
    expect(made).toBeLessThan(5000);
    for (let i = 0; i < made; i++) await steps.next();

    const downloads: Download[] = [];
    page.on("download", (download) => downloads.push(download));
    await page.getByRole("button", { name: "Save the model" }).click();
    await expect.poll(() => downloads.length, { timeout: 60_000 }).toBe(3);
    const files = Object.fromEntries(
      await Promise.all(
        downloads.map(
          async (each) =>
            [each.suggestedFilename(), new Uint8Array(await readFile(await each.path()))] as const,
        ),
      ),
    );
    const { "tokenizer.json": json, ...weights } = files;
    const saved = await Gpt.fromFiles(weights);
    const weightsOf = async (of: Gpt) =>
      Object.fromEntries(
        await Promise.all(of.parameters().map(async (each) => [each.name, await each.data()] as const)),
      );
    expect(await weightsOf(saved)).toEqual(await weightsOf(learner));
    const tokenizer = Tokenizer.fromHF(new TextDecoder().decode(json));
    expect([...tokenizer.encodeOrdinary(own)]).toEqual(ids);
    saved.dispose();
  });
  await steps.return();
  learner.dispose();
});

test("a second run is drawn with the first, samples can be looked through, and the trained model samples", async () => {
  await at("#v1/training?nEmbd=16&batchSize=2&steps=8", async (page) => {
    await page.locator(".training-gpu", { hasText: "No run on a GPU here: " }).waitFor();
    expect(await page.locator("option[value=webgpu]").isDisabled()).toBe(true);
    await page.getByRole("button", { name: /Start/ }).click();
    await page.locator('[data-step="8"]').waitFor({ timeout: 60_000 });
    const samples = page.getByLabel("After which step");
    const last = await page.locator(".training-sample").innerText();
    await samples.fill("0");
    expect(await page.locator(".training-sample").innerText()).not.toBe(last);
    await page.getByLabel("seed").fill("2");
    await page.getByLabel("seed").press("Enter");
    await page.locator('[data-step="0"]').waitFor();
    await page.getByRole("button", { name: "One step" }).click();
    await page.locator('[data-step="1"]').waitFor({ timeout: 60_000 });
    const names = await page.locator("svg.chart").first().locator("text.halo").allTextContents();
    expect(names).toContain("the run before");
    expect(names).toContain(`all tokens alike, ln V: ${Math.log(512).toFixed(2)}`);

    const before = page.getByRole("link", { name: "Sampling" });
    await before.click();
    await bars(page, 4);
    await page.getByRole("combobox").first().selectOption("run");
    await page.waitForFunction(() => location.hash.includes("model=run"));
    await page.waitForFunction(() => {
      // After one step hardly more than 1 / 512 each.
      const shares = [...document.querySelectorAll<HTMLElement>('.stage[data-stage="model"] li')];
      return shares.length > 0 && Number(shares[0]!.dataset["p"]) < 0.02;
    });
  });
});

test("a run goes on where it was when the view is opened again, or when its settings come back", async () => {
  await at("#v1/training?nEmbd=16&batchSize=2&steps=5", async (page) => {
    const steps = (count: number) => page.locator(`[data-step="${count}"]`).waitFor({ timeout: 60_000 });
    const losses = () =>
      page.locator("details table").first().locator("tbody tr td:nth-child(2)").allTextContents();
    const one = page.getByRole("button", { name: "One step" });
    await one.click();
    await steps(1);
    await page.getByRole("link", { name: "Tokens", exact: true }).click();
    // Tokens counts steps, too: what stands here must be its own.
    await page.locator("[data-pieces]").waitFor();
    await page.goBack();
    await page.getByText("This run has made 1 step, and goes on from there.").waitFor();
    await steps(1);
    await one.click();
    await steps(2);
    await page.getByLabel("seed").fill("2");
    await page.getByLabel("seed").press("Enter");
    await steps(0);
    await page.goBack();
    await page.getByText("This run has made 2 steps").waitFor();
    await page.getByRole("button", { name: /Go on/ }).click();
    await steps(5);
    await page.locator("summary", { hasText: "As a table" }).first().click();
    await page.locator("details table").first().waitFor();
    const parted = await losses();
    await page.getByRole("button", { name: /Reset/ }).click();
    await steps(0);
    await page.getByRole("button", { name: /Start/ }).click();
    await steps(5);
    expect(parted.length).toBe(5);
    expect(await losses()).toEqual(parted);
  });
});

/** The ids of a row of tokens, as they are drawn. */
const idsIn = (page: Page, place: string) =>
  page
    .locator(`${place} .token`)
    .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["id"])));

test("Tokens shows the tokens that encode gives, and each frame of the film is that vocabulary's own tokenization", async () => {
  const story = "the cat sat on the mat, and the rat that sat there sang: naïve café 🐈";
  const base = await siteTokenizer();
  const step = 9;
  const merges: { left: number; right: number; count: number }[] = [];
  const onMerge = ({ left, right, count }: (typeof merges)[number]) => merges.push({ left, right, count });
  const specialTokens = CHAT_TOKENS;
  const whole = await trainTokenizer(story, {
    vocabSize: 256 + 40 + CHAT_TOKENS.length,
    specialTokens,
    onMerge,
  });
  const early = await trainTokenizer(story, { vocabSize: 256 + step + CHAT_TOKENS.length, specialTokens });

  await at(`#v1/tokens?${new URLSearchParams({ text: story, step: String(step) })}`, async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const lines = page.locator(".token-line");
    expect(await idsIn(page, '[aria-label="The site\'s 512 tokens"]')).toEqual([
      ...base.encodeOrdinary(story),
    ]);
    expect(await idsIn(page, '[aria-label^="Learned from this text"]')).toEqual([
      ...whole.encodeOrdinary(story),
    ]);
    const film = '[aria-label^="The text after these merges"]';
    expect(await idsIn(page, film)).toEqual([...early.encodeOrdinary(story)]);
    // Parts of a character are shown as bytes, and never as a sign for what is missing.
    expect((await lines.allInnerTexts()).join()).not.toContain("\ufffd");

    // The first of the race is what is joined next, as often as training counted it.
    const first = await page.locator(".race li").first().getAttribute("data-pair");
    const next = merges[step]!;
    expect(first).toBe(`${next.left} ${next.right} ${next.count}`);
    await page.locator(".insight").focus();
    await page.keyboard.press("k");
    await page.locator(`[data-step="${step + 1}"]`).waitFor();
    const joined = await page.locator(`${film} .joined`).count();
    expect(joined).toBe(next.count);
    await page.keyboard.press("j");
    await page.locator(`[data-step="${step}"]`).waitFor();

    const { ids, mask } = renderChat(whole, [
      { role: "user", content: "Where did the cat sit?" },
      { role: "assistant", content: "On the mat." },
    ]);
    const chat = '[aria-label^="The dialogue as tokens"]';
    expect(await idsIn(page, chat)).toEqual([...ids]);
    const learned = await page
      .locator(`${chat} .token`)
      .evaluateAll((all) => all.map((one) => Number(one.classList.contains("learn"))));
    expect(learned).toEqual([...mask]);

    const trace = whole.trace(" that");
    const tree = await page
      .locator(".merges > .merge")
      .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["id"])));
    expect(tree).toEqual(trace.ids);
    expect(await page.locator(".merge").count()).toBe(trace.bytes.length + trace.steps.length);

    await lines.first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.locator(".token.chosen").count()).toBe(1);
  });
});

test("Tokens takes the reader's own vocabulary, and says what is wrong with a file that is none", async () => {
  await at("#v1/tokens?text=hello+hello", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const chooser = page.getByLabel("tokenizer.json or a .tiktoken file");
    await chooser.setInputFiles({
      name: "broken.json",
      mimeType: "application/json",
      buffer: Buffer.from('{"model": {'),
    });
    await page.locator(".insight-warning", { hasText: "broken.json cannot be read" }).waitFor();
    const own = await trainTokenizer("hello hello hello", { vocabSize: 262 });
    const buffer = Buffer.from(JSON.stringify(own.toHF()));
    await chooser.setInputFiles({ name: "own.json", mimeType: "application/json", buffer });
    await page.locator('section[aria-label="own.json"]').waitFor();
    expect(await idsIn(page, '[aria-label="own.json"]')).toEqual([...own.encodeOrdinary("hello hello")]);
    expect(await page.locator(".insight-warning").innerText()).toBe("");
  });
});

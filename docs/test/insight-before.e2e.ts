import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { renderChat, Tokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { complete, distribution, loglikelihood, sampleBatch } from "@llm/sample";
import { evaluateInContext, perplexity, repeatedTokens } from "@llm/sample/evaluation";
import { useEngine } from "@llm/tensor";
import { advantages } from "@llm/train";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sumReward } from "../../apps/demo/src/rewards.js";
import { bigram } from "../insight/engine/baselines.js";
import { violationsInAllForms } from "./axe.js";
import { watch } from "./browser.js";
import { copiedBy, openInsight, siteModel, siteText } from "./insight.js";
import { makeRun, type SmallRun } from "./run-of-models.js";

const site = openInsight();
let page: Page;
let problems: string[];
/** A run of the reader's. */
let run: SmallRun;

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
  page = await site.context.newPage();
  problems = watch(page, site.url);
});
afterAll(async () => {
  await run?.close();
});

/** Goes to a state of the view in the one page that all tests share, and waits for what it shows. */
async function go(state: Record<string, string>, shown: string): Promise<void> {
  await page.goto(`${site.url}insight/#v1/before?${new URLSearchParams(state)}`);
  await isShown(shown);
}

const isShown = (shown: string) =>
  page.waitForFunction(
    (shown) => document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.startsWith(shown),
    shown,
    { timeout: 60_000 },
  );

/** The rows of one of the part's tables. */
async function rowsOf(which = 0): Promise<string[][]> {
  const table = page.locator("details.insight-table:visible").nth(which);
  if (!(await table.evaluate((details: HTMLDetailsElement) => details.open)))
    await table.locator("summary").press("Enter");
  const text = await copiedBy(table.getByRole("button"));
  return text
    .split("\n")
    .slice(1)
    .map((row) => row.split("\t"));
}

test("a text's surprise is the model's and a bigram's, token by token, in windows that overlap", async () => {
  const { model, tokenizer } = await siteModel();
  const text = "Seven purple whales danced, and the model learned the tokens. ".repeat(3).trim();
  const { ids, logprobs, bitsPerByte } = await perplexity(model, tokenizer, text, { stride: 32 });
  expect(ids.length).toBeGreaterThan(model.blockSize);
  const pair = bigram([...tokenizer.encodeOrdinary(await siteText())], model.vocabSize);
  await go({ text }, `surprise base-3125 ${ids.join(".")}`);
  const rows = await rowsOf();
  expect(rows.map(([, id]) => Number(id))).toEqual([...ids]);
  for (const [i, [, , , own, other]] of rows.entries()) {
    expect(Number(own)).toBeCloseTo(-logprobs[i]! / Math.LN2, 4);
    const before = i === 0 ? model.config.endOfText! : ids[i - 1]!;
    expect(Number(other)).toBeCloseTo(-pair(before, ids[i]!) / Math.LN2, 9);
  }
  const facts = await page.locator(".training-numbers dd").allInnerTexts();
  expect(facts[0]).toBe(bitsPerByte.toFixed(3));
  const bytes = new TextEncoder().encode(text).length;
  expect(facts[1]).toBe((rows.reduce((sum, row) => sum + Number(row[4]), 0) / bytes).toFixed(3));
  const drawn = await page
    .locator('section[aria-label="The model"] .token')
    .evaluateAll((all) =>
      all.map((one) => [
        Number((one as HTMLElement).dataset["bits"]),
        Number.parseFloat(getComputedStyle(one).borderBottomWidth),
      ]),
    );
  for (const [bits, width] of drawn as [number, number][]) {
    // A browser draws whole pixels.
    expect(Math.abs(width - (1 + 6 * Math.min(1, bits / 9)))).toBeLessThanOrEqual(1);
  }
  expect(drawn.map(([bits]) => bits)).toEqual(rows.map((row) => Number(row[3])));
  expect(problems).toEqual([]);
  model.dispose();
});

test("what copier learns from examples is what evaluateInContext and repeatedTokens find", async () => {
  const model = await Gpt.load(served("copier"));
  const signs = "0123456789abcdefghijklmnopqrstuv";
  const tokenizer = {
    vocabSize: 32,
    encode: (text: string) =>
      Uint32Array.from(text.split(" ").filter(Boolean), (word) => signs.indexOf(word)),
    decode: () => "",
    decoder: () => ({ write: () => "", end: () => "" }),
  };
  await go({ part: "shots", pairs: "4" }, "shots copier 4");
  const words = await page.locator(".insight-view p:visible").first().innerText();
  const examples = [
    .../([a-p]) (\d)[,:.]/g[Symbol.matchAll](words.slice(0, words.indexOf("The prompt"))),
  ].map(([, input, output]) => ({ input: input!, output: output! }));
  expect(examples.length).toBe(4);
  const results = await evaluateInContext(model, tokenizer, {
    ...{ examples, questions: examples, format: { input: "", output: " ", between: " " } },
    ...{ shots: [0, 1, 2, 4], seeds: 3 },
  });
  const rows = await rowsOf(0);
  expect(rows.map(([shots, , mean]) => [Number(shots), Number(mean)])).toEqual(
    results.map(({ shots, mean }) => [shots, mean]),
  );
  // More right examples, more right answers; with others hardly more than by chance.
  const shared = (shots: number, labels: string) =>
    results.find((each) => each.shots === shots && each.labels === labels)!.mean;
  expect(shared(4, "right")).toBeGreaterThan(1.5 * shared(0, "right"));
  expect(shared(4, "right")).toBeGreaterThan(1.5 * Math.max(shared(4, "shuffled"), shared(4, "random")));
  const drawn = await page.locator("svg.chart:visible circle.one title").allTextContents();
  expect(drawn.slice(0, 4)).toEqual(
    results
      .filter(({ labels }) => labels === "right")
      .map(({ shots, mean }) => `right digits, examples in the prompt ${shots}: ${mean.toFixed(2)}`),
  );
  const { losses } = await repeatedTokens(model, { length: 24, seed: 1 });
  const found = (await rowsOf(1)).map(([, loss]) => Number(loss));
  expect(found).toEqual(Array.from(losses, (loss) => expect.closeTo(loss, 9)));
  model.dispose();
});

test("without a run the site's assistant stands side by side, or its base model at three steps, and a sentence says how to get a run", async () => {
  await go({ part: "models" }, "models assistant-base-assistant-sft-assistant-rl");
  const read = await Tokenizer.fromHF(await readFile(served("assistant/tokenizer.json"), "utf8"));
  const question = [{ role: "user" as const, content: "What is 3+5?" }];
  const chat = [...renderChat(read, question, { completion: true }).ids];
  const end = read.specialTokens.get("<|assistant_end|>")!;
  for (const stage of ["base", "sft", "rl"]) {
    const model = await Gpt.load(served(`assistant/${stage}`));
    const { endOfText, blockSize } = model.config;
    const asked = stage === "base" ? [endOfText!, ...read.encodeOrdinary("What is 3+5?")] : chat;
    const stopIds = [stage === "base" ? endOfText! : end];
    const room = { maxTokens: blockSize - asked.length, stopIds };
    const { ids } = await complete(model, read, asked, { temperature: 0, ...room });
    expect(await idsIn(`assistant-${stage}`, 0), stage).toEqual([...ids]);
    if (stage === "rl") {
      await go({ part: "group", samples: "4" }, "group assistant-rl 4 1 group none 8");
      const drawn = await sampleBatch(model, [asked], { samples: 4, seed: 1, ...room });
      expect((await rowsOf()).map((row) => Number(row[2]))).toEqual(drawn.map(({ ids }) => ids.length));
    }
    model.dispose();
  }
  const says = () => page.locator(".insight-view p:visible").first().innerText();
  expect(await says()).toContain("npm run demo -- view");
  expect(await says()).toContain("They know nothing but such sums");

  await go({ part: "models" }, "models assistant");
  await page.getByLabel("Compared").selectOption("steps");
  await isShown("models base-25-base-625-base-3125");
  const { model, tokenizer } = await siteModel();
  const { ids } = await complete(
    model,
    tokenizer,
    [model.config.endOfText!, ...tokenizer.encodeOrdinary("The model is trained on")],
    {
      ...{ temperature: 0, maxTokens: 48, stopIds: [model.config.endOfText!] },
    },
  );
  expect(await idsIn("base-3125", 0)).toEqual([...ids]);
  expect(await says()).toContain("npm run demo -- view");
  model.dispose();
});

const served = (path: string) => fileURLToPath(new URL(`../public/insight/${path}`, import.meta.url));

/** The tokens of a model's answer, the likeliest or the sampled one. */
const idsIn = (model: string, which: number) =>
  page
    .locator(`[data-model="${model}"] .token-line`)
    .nth(which)
    .locator(".token")
    .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["id"])));

test("a run's base, SFT and RL model answer and expect what they do in Node, at each token of the answer", async () => {
  run = await makeRun();
  const prompt = "What is 3+4?";
  await page.locator(".insight-run summary").press("Enter");
  await page.locator(".insight-run").getByLabel("or its folder").setInputFiles(run.folder);
  await page.locator(".insight-run").getByText("Open: 3 models").waitFor({ timeout: 60_000 });
  await go({ part: "models", prompt, temperature: "1.2", seed: "5" }, "models own-own-2-own-3");
  const { tokenizer, models } = run;
  const end = tokenizer.specialTokens.get("<|assistant_end|>")!;
  const asked = models.map(({ isChat, model }) =>
    isChat
      ? [...renderChat(tokenizer, [{ role: "user", content: prompt }], { completion: true }).ids]
      : [model.config.endOfText!, ...tokenizer.encodeOrdinary(prompt)],
  );
  let answer: number[] = [];
  for (const [i, { model, isChat }] of models.entries()) {
    const options = { stopIds: [isChat ? end : model.config.endOfText!], maxTokens: 48 - asked[i]!.length };
    const own = i === 0 ? "own" : `own-${i + 1}`;
    for (const [which, how] of [{ temperature: 0 }, { temperature: 1.2, seed: 5 }].entries()) {
      const { ids } = await complete(model, tokenizer, asked[i]!, { ...options, ...how });
      expect(await idsIn(own, which), own).toEqual([...ids]);
      if (which === 0) answer = [...ids];
    }
  }
  // The last one has learned to end.
  expect(answer.at(-1)).toBe(end);

  for (const at of [0, 1]) {
    await go(
      { part: "models", prompt, temperature: "1.2", seed: "5", after: `${at}` },
      "models own-own-2-own-3",
    );
    await page.waitForFunction(
      (at) => document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.endsWith(` ${at}`),
      at,
    );
    const shares: Float64Array[] = [];
    for (const [i, { model }] of models.entries()) {
      const session = model.session(1);
      const [logits] = await session.step([
        { row: session.rows[0]!, ids: [...asked[i]!, ...answer.slice(0, at)] },
      ]);
      shares.push(distribution(logits!, {}).probabilities);
      session.dispose();
    }
    const drawn = await page.locator(".next-tokens > li").evaluateAll((all) =>
      all.map((one) => ({
        id: Number((one as HTMLElement).dataset["id"]),
        p: [...one.querySelectorAll<HTMLElement>("[data-p]")].map((each) => Number(each.dataset["p"])),
        width: [...one.querySelectorAll<HTMLElement>(".race-bar")].map((bar) =>
          Number.parseFloat(bar.style.width),
        ),
      })),
    );
    for (const { id, p, width } of drawn) {
      for (const [i, share] of p.entries()) {
        expect(share).toBeCloseTo(shares[i]![id]!, 6);
        expect(width[i]).toBeCloseTo(100 * share, 2);
      }
    }
    // What changed most of all tokens comes first.
    const change = (id: number) =>
      Math.max(...shares.map((p) => p[id]!)) - Math.min(...shares.map((p) => p[id]!));
    const most = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).sort(
      (a, b) => change(b) - change(a),
    );
    expect(drawn.slice(0, 8).map(({ id }) => change(id))).toEqual(
      most.slice(0, 8).map((id) => expect.closeTo(change(id), 6)),
    );
    if (at > 0) continue;
    // And between two of the models, with its sign.
    await page.getByLabel("between").selectOption({ label: "SFT → RL" });
    await page.waitForFunction(() => location.hash.includes("pair=1-2"));
    const gains = Array.from(shares[2]!, (share, id) => share - shares[1]![id]!);
    const first = gains.reduce((most, gain, id) => (Math.abs(gain) > Math.abs(gains[most]!) ? id : most), 0);
    const points = `${gains[first]! < 0 ? "" : "+"}${(100 * gains[first]!).toFixed(1)} points`;
    await expect
      .poll(async () => (await page.locator(".next-tokens small").first().innerText()).trim())
      .toBe(points);
    expect(await page.locator(".next-tokens > li").first().getAttribute("data-id")).toBe(`${first}`);
  }
  const { logprobs } = await loglikelihoodOf(2, answer, asked[2]!);
  const rows = await rowsOf(1);
  expect(rows.map(([, id]) => Number(id))).toEqual(answer);
  for (const [i, row] of rows.entries()) expect(Number(row[5])).toBeCloseTo(Math.exp(logprobs[i]!), 5);
});

/** The log-probabilities of an answer's tokens behind ids. */
async function loglikelihoodOf(which: number, answer: readonly number[], before: readonly number[]) {
  const ids = {
    vocabSize: run.tokenizer.vocabSize,
    encode: (text: string) => Uint32Array.from(text.split(" ").filter(Boolean), Number),
    decode: () => "",
    decoder: () => ({ write: () => "", end: () => "" }),
  };
  return loglikelihood(run.models[which]!.model, ids, before.join(" "), ` ${answer.join(" ")}`);
}

test("a group has the answers that sampleBatch draws, the demo's reward, and the advantages of grpo", async () => {
  const prompt = "What is 3+4?";
  const { tokenizer } = run;
  const { model } = run.models[2]!;
  const end = tokenizer.specialTokens.get("<|assistant_end|>")!;
  const { ids } = renderChat(tokenizer, [{ role: "user", content: prompt }], { completion: true });
  const reward = sumReward([{ a: 3, b: 4 }], tokenizer, end);
  for (let seed = 1; ; seed++) {
    const drawn = await sampleBatch(model, [ids], {
      samples: 12,
      maxTokens: 48 - ids.length,
      seed,
      stopIds: [end],
    });
    const signal = new AbortController().signal;
    const rewards = drawn.map((each) => Number(reward({ ...each, prompt: ids, index: 0, signal })));
    // A group that has both, or it would say nothing.
    if (new Set(rewards).size < 2) continue;
    for (const [baseline, scale] of [
      ["group", "none"],
      ["leave-one-out", "group"],
    ] as const) {
      await go(
        { part: "group", prompt, samples: "12", seed: `${seed}`, baseline, scale },
        `group own-3 12 ${seed} ${baseline} ${scale} 7`,
      );
      const rows = await rowsOf();
      expect(rows.map((row) => Number(row[2]))).toEqual(drawn.map(({ ids }) => ids.length));
      expect(rows.map((row) => Number(row[5]))).toEqual(rewards);
      const expected = advantages(rewards, { baseline, scale });
      expect(rows.map((row) => Number(row[6]))).toEqual(expected);
      const most = Math.max(...expected.map(Math.abs));
      const widths = await page
        .locator(".group-bar .race-bar")
        .evaluateAll((all) =>
          all.map((bar) => [
            Number.parseFloat((bar as HTMLElement).style.left),
            Number.parseFloat((bar as HTMLElement).style.width),
          ]),
        );
      for (const [i, [left, width]] of widths.entries()) {
        expect(width).toBeCloseTo((50 * Math.abs(expected[i]!)) / most, 3);
        expect(left).toBeCloseTo(expected[i]! < 0 ? 50 - width! : 50, 3);
      }
    }
    break;
  }
});

test("each part by its key, Back restores the one before; no violation of A or AA in any", async () => {
  await go({ part: "group", pairs: "2" }, "group own-3");
  await page.locator(".insight").focus();
  for (const [key, part] of Object.entries({ 1: "surprise", 2: "shots", 3: "models", 4: "group" })) {
    await page.keyboard.press(key);
    await isShown(part);
  }
  await page.goBack();
  await isShown("models");
  // All parts at once, with one of their tables: it is the many cells that take long.
  await page.evaluate(() => {
    for (const part of document.querySelectorAll(".insight-view [hidden]")) part.removeAttribute("hidden");
    const tables = document.querySelectorAll<HTMLDetailsElement>("details.insight-table");
    for (const [i, table] of tables.entries()) table.open = i === tables.length - 1;
  });
  expect(await violationsInAllForms(page)).toEqual([]);
  // The last form is a phone's.
  const { over, small } = await page.evaluate(() => ({
    over: [...document.querySelectorAll<HTMLElement>(".insight *")]
      .filter(
        (element) =>
          document.documentElement.scrollWidth > innerWidth &&
          element.getBoundingClientRect().right > innerWidth &&
          !element.closest(".insight-scroll"),
      )
      .map((element) => element.outerHTML.slice(0, 100)),
    small: [...document.querySelectorAll<HTMLElement>(".insight *")]
      .filter((element) => element.textContent && Number.parseFloat(getComputedStyle(element).fontSize) < 12)
      .map((element) => element.outerHTML.slice(0, 100)),
  }));
  expect(over).toEqual([]);
  expect(small).toEqual([]);
  expect(problems).toEqual([]);
});

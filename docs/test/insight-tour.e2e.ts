// The story through all views: what is told is what is drawn, and what Node computes.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { train as trainTokenizer } from "@llm/bpe";
import { type Document, explain } from "@llm/dataset";
import { Gpt } from "@llm/gpt";
import { capture } from "@llm/gpt/inspect";
import { distribution, draw, uniform } from "@llm/sample";
import { tensor, useEngine } from "@llm/tensor";
import { schedule, tokenArray, train } from "@llm/train";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { judgingSteps, lastSteps } from "../insight/engine/data/steps.js";
import { tokenTexts } from "../insight/engine/token-texts.js";
import { visible } from "../insight/token-line.js";
import { STOPS } from "../insight/tour/stops.js";
import { violationsInAllForms } from "./axe.js";
import { copiedBy, openInsight, siteModel, siteText, workAt, workIn } from "./insight.js";
import { give, models } from "./insight-models.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

const at = <T>(hash: string, work: (page: Page) => Promise<T>) => workAt(site, hash, work);

const numberOf = (title: string) => STOPS.findIndex((stop) => stop.title === title) + 1;

/** Waits until a stop is told with these words. */
async function told(page: Page, title: string, ...words: string[]): Promise<void> {
  await page.getByText(`Stop ${numberOf(title)} of ${STOPS.length}: ${title}`, { exact: true }).waitFor();
  const text = page.locator(".tour-words");
  for (const each of words) await text.getByText(each).waitFor({ timeout: 60_000 });
}

const on = (page: Page) => page.keyboard.press(">");

/** Where the walk through the block stands, what it lights, and what is said of it. */
const walked = (page: Page) =>
  page.evaluate(() => {
    const part = new URLSearchParams(location.hash.split(/[?;]/)[1]).get("part") ?? "";
    const lit = [...document.querySelectorAll<HTMLElement>(".block-canvas [aria-current]")];
    return {
      part,
      lit: lit.map(({ dataset }) => dataset["part"] ?? dataset["on"] ?? "next"),
      place: /\d+ of \d+: .+$/.exec(document.querySelector(".tour h3 span")!.textContent)?.[0],
      told: document.querySelector(".tour-words")!.textContent,
    };
  });

/** Waits until the walk has come to another part, and lights it. */
async function another(page: Page, before: string): Promise<Awaited<ReturnType<typeof walked>>> {
  await page.waitForFunction((before) => {
    const part = new URLSearchParams(location.hash.split(/[?;]/)[1]).get("part");
    const lit = document.querySelector<HTMLElement>(".block-canvas [aria-current]");
    const { part: own, on } = lit?.dataset ?? {};
    return (part ?? "") !== before && (lit && (own ?? on ?? "next")) === part;
  }, before);
  return walked(page);
}

/** Goes on until the walk has come to a part. */
async function walkTo(page: Page, part: string): Promise<void> {
  for (let at = ""; at !== part; at = (await another(page, at)).part) await on(page);
}

/** The first token that is drawn for a text, as the view Sampling draws it at first. */
async function sampled(model: Gpt, ids: number[]) {
  const session = model.session(1);
  const [logits] = await session.step([{ row: session.rows[0]!, ids }]);
  const params = { temperature: 0.8, topK: 8, topP: 0.9, chain: "hf" } as const;
  const steps = distribution.trace(logits!, params, { prompt: ids, output: [] });
  const u = uniform({ seed: 1, position: ids.length });
  const last = steps.at(-1)!;
  const drawn = draw(last, u);
  session.dispose();
  return { u, drawn, left: last.ids.length, p: last.probabilities[last.ids.indexOf(drawn)]! };
}

/** What the last token takes most from, in layer 0, head 0. */
async function looked(model: Gpt, ids: number[]) {
  const { tensors } = await capture(model, tensor(ids, [1, ids.length], "int32"), { detail: true });
  const weights = tensors.get("h.0.attn.weights")!.data.slice((ids.length - 1) * ids.length, ids.length ** 2);
  const weight = Math.max(...weights);
  return { weight, position: weights.indexOf(weight) };
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

test("the story is told on a phone by keyboard alone, and each stop tells and draws what Node computes", async () => {
  const text = "Sea otters hold hands while they";
  const { model, tokenizer } = await siteModel();
  const ids = [...tokenizer.encodeOrdinary(text)];
  const shown = (id: number) => visible(tokenizer.decode([id]));
  const file = fileURLToPath(new URL("../public/insight/pages.json", import.meta.url));
  const [page1] = JSON.parse(await readFile(file, "utf8")) as [Document];
  const { document: left } = await explain([...judgingSteps({}), ...lastSteps()], page1);

  const corpus = [...tokenizer.encodeOrdinary(await siteText())];
  const learner = Gpt.create({ vocabSize: 512, blockSize: 32, nLayer: 1, nHead: 2, nEmbd: 32 }, { seed: 1 });
  const plan = { steps: 4, batchSize: 8, blockSize: 32, seed: 1 };
  const lr = schedule.cosine({ lr: 0.01, warmup: 3, steps: 4 });
  let loss = 0;
  for await (const step of train(learner, tokenArray(corpus), { ...plan, lr })) loss = step.loss;
  learner.dispose();

  await at("", async (page) => {
    await page.setViewportSize({ width: 360, height: 780 });
    await page.keyboard.press("Tab");
    // The first thing that a newcomer is offered.
    await page.getByRole("button", { name: /Begin the story/ }).focus();
    await page.keyboard.press("Enter");
    await told(page, "A page", `of them, ${page1.id}.`);
    const kept = await page
      .locator(".insight-view")
      .getByText(/documents are kept/)
      .innerText();
    await told(page, "A page", kept.split(" documents")[0]!);
    expect(await page.locator(".data-funnel a").first().getAttribute("aria-label")).toContain("40");

    await on(page);
    await told(page, "A document", `its ${page1.text.length.toLocaleString("en")} characters`);
    await told(page, "A document", `and ${left.text.length} of them are text`);
    expect(await page.getByRole("region", { name: "as it would leave" }).innerText()).toBe(left.text);

    await on(page);
    await told(page, "Tokens", `${text.length} bytes became ${ids.length} tokens of the site's vocabulary`);
    await told(page, "Tokens", ids.map((id) => `${shown(id)} (${id})`).join(", "));
    const line = page.locator('section[aria-label="The site\'s 512 tokens"] .token');
    expect(
      await line.evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["id"]))),
    ).toEqual(ids);

    await on(page);
    await told(page, "Training", "100 steps");
    expect(await violationsInAllForms(page)).toEqual([]);
    await page.getByLabel("steps", { exact: true }).focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("4");
    await page.keyboard.press("Enter");
    await told(page, "Training", "in this page, 4 steps");
    await page.keyboard.press("Shift+Tab");
    await page.locator(".tour h3").focus();
    await page.keyboard.press("s");
    const reached = `ln V = ${Math.log(512).toFixed(2)} nats. After 4 steps the loss is ${loss.toFixed(2)}`;
    await told(page, "Training", reached);
    expect(await page.locator(".training-numbers").innerText()).toContain(loss.toFixed(3));
    expect(await page.locator(".training-sample").innerText()).toContain(text);

    await on(page);
    const { weight, position } = await looked(model, ids);
    await page.locator(".tour-part .block-picture").waitFor({ timeout: 60_000 });
    expect(await page.locator(".tour-part h3").first().innerText()).toBe("One block in one picture");
    await told(page, "Attention", `The text, ${ids.length} tokens, runs through 2 layers`, "8 heads in all");
    await walkTo(page, "weights");
    const most = `"${shown(ids.at(-1)!)}" looks most at "${shown(ids[position]!)}", with ${percent(weight)}`;
    await page.locator(".tour-words").getByText(most).waitFor();

    // Who has seen enough goes to the next stop.
    await page.getByRole("button", { name: "Stop 6: Logits" }).press("Enter");
    const weights = model.numParameters.toLocaleString("en");
    await told(page, "Logits", `${weights} learned numbers`, "one for each of 512 tokens");
    expect(await page.locator(".space-walk h3").innerText()).toContain("1 of 9: The whole network");

    await on(page);
    const { u, drawn, left: drawable, p } = await sampled(model, ids);
    await told(page, "A word", `leave ${drawable} to draw`);
    await told(page, "A word", `${u.toFixed(4)} falls on "${shown(drawn)}", which has ${percent(p)}`);
    expect(await page.locator(".draw-line .drawn").getAttribute("data-id")).toBe(`${drawn}`);
    expect(await page.locator(".stage:last-child li.drawn").getAttribute("data-p")).toBe(`${p}`);

    await on(page);
    await told(page, "A base model", "bits a byte");
    const [bits, bigram] = await page.locator(".training-numbers dd").allInnerTexts();
    const needs = `needs ${Number(bits).toFixed(2)} bits a byte, where pairs of tokens, counted, need ${Number(bigram).toFixed(2)}`;
    await told(page, "A base model", needs);

    await on(page);
    await told(page, "An answer", 'Asked "What is 3+5?", a small base model goes on with');
    const said = (of: string) =>
      page.locator(`[data-model="assistant-${of}"] .token-line`).first().textContent();
    const answers = await Promise.all(["base", "rl"].map(said));
    for (const answer of answers) await told(page, "An answer", `"${answer!.replace(/<.*/, "").trim()}"`);
    expect(answers[1]).toContain("8");
    await page.getByLabel("Compared").selectOption("steps");
    await told(page, "An answer", "It goes on, and answers nothing.");

    for (let stop = STOPS.length; stop > 1; stop--) await page.keyboard.press("<");
    await told(page, "A page", `of them, ${page1.id}.`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });
  model.dispose();
});

test("the reader's text goes along, and a link, Back and a reload in the middle come to the same stop", async () => {
  const text = "a cat sat on; the #mat?";
  const { model, tokenizer } = await siteModel();
  const ids = [...tokenizer.encodeOrdinary(text)];
  const { drawn } = await sampled(model, ids);
  model.dispose();
  const falls = `falls on "${visible(tokenizer.decode([drawn]))}"`;

  await at("#v1/tour?stop=3", async (page) => {
    await told(page, "Tokens", "became 18 tokens");
    await page.getByLabel("Your text", { exact: true }).fill(text);
    await told(page, "Tokens", `became ${ids.length} tokens`);
    await page.getByRole("button", { name: "Stop 7: A word" }).click();
    await told(page, "A word", falls);
    await page.getByRole("slider", { name: "top-p" }).fill("0.5");
    await page.waitForFunction(() => location.hash.includes("topP=0.5"));
    await page.reload();
    await told(page, "A word", "The random number");
    expect(await page.getByLabel("Text that the model continues").inputValue()).toBe(text);
    expect(await page.getByRole("slider", { name: "top-p" }).inputValue()).toBe("0.5");
    const link = await copiedBy(page.getByRole("button", { name: "Copy link" }));

    await page.goBack();
    await told(page, "Tokens", `became ${ids.length} tokens`);
    await page.goForward();
    await told(page, "A word", "The random number");
    await page.goto("about:blank");
    await page.goto(link);
    await told(page, "A word", "The random number");
    expect(await page.getByRole("slider", { name: "top-p" }).inputValue()).toBe("0.5");

    await page.getByRole("link", { name: "Leave the story" }).click();
    await page.getByRole("button", { name: /Begin the story/ }).waitFor();
    expect(await page.evaluate(() => location.hash)).toBe("#v1/sampling");
    await page.evaluate(() => {
      location.hash = "#v1/tour?stop=99&colour=red";
    });
    await page.locator(".insight-note").getByText('stop "99", colour, which is not understood').waitFor();
    await told(page, "A page", "A crawl brings pages");
    // A layer and a half is none.
    await page.evaluate(() => {
      location.hash = "#v1/inside?layer=0.5&part=weights;tour?stop=5";
    });
    await page.locator(".insight-note").getByText('layer "0.5", which is not understood').waitFor();
    await page.locator(".tour-words").getByText("In block 0, head 0").waitFor();
  });
});

test.each(models)(
  "%s: by keyboard alone, the story goes through the block part by part and back",
  async (_, load) => {
    const [model, given] = await load();
    const { nLayer } = model.config;
    await workIn(site, async (page) => {
      if (given) await give(page, given);
      await page.goto(`${site.url}insight/#v1/tour?stop=5`, { waitUntil: "load" });
      await told(page, "Attention", `through ${nLayer} layers`);
      await page.locator(".block-picture[data-block]").waitFor();
      const parts = await page.evaluate(() => {
        const drawn = [...document.querySelectorAll<HTMLElement>(".block-column")].map(
          (each) => each.dataset["part"]!,
        );
        // A stream that begins with the tokens' rows alone is these.
        const isPlaced = drawn.includes("place");
        const before = drawn.includes("token") && !isPlaced ? drawn.filter((part) => part !== "into") : drawn;
        // Of a stream it is told how it comes about.
        const sums = isPlaced ? /^(?=into$|middle$|out$)/ : /^(?=middle$|out$)/;
        return [...before.map((part) => part.replace(sums, "+")), "next"];
      });
      expect(parts.includes("place")).toBe(!given);
      expect(parts.includes("up")).toBe(given !== undefined);
      const steps: Awaited<ReturnType<typeof walked>>[] = [];
      for (const part of parts) {
        await on(page);
        steps.push(await another(page, steps.at(-1)?.part ?? ""));
        expect(steps.at(-1)!.part).toBe(part);
      }
      for (const [at, { place, told }] of steps.entries()) {
        expect(place).toContain(`${at + 1} of ${parts.length}: `);
        expect(told).toMatch(/\w.*\./);
      }
      expect(new Set(steps.map(({ told }) => told)).size).toBe(parts.length);
      // The part itself is explained in one place, by the picture.
      const caption = await page.locator(".block-caption").innerText();
      expect(caption).toContain("softmax makes probabilities of them");
      expect(caption).not.toContain("grey");
      expect(steps.at(-1)!.told).not.toContain("softmax");
      // A reload comes to the same part, and from the first it goes back to before the walk.
      await page.reload();
      await another(page, "");
      for (const step of steps.slice(-3, -1).reverse()) {
        const { part } = await walked(page);
        await page.keyboard.press("<");
        expect(await another(page, part)).toEqual(step);
      }
      await page.evaluate((part) => {
        location.hash = `#v1/inside?part=${part};tour?stop=5`;
      }, parts[0]);
      await another(page, parts.at(-3)!);
      await page.keyboard.press("<");
      await told(page, "Attention", "goes through the block");
      expect((await another(page, parts[0]!)).lit).toEqual([]);
    });
    model.dispose();
  },
);

test("with the reader's run opened it is the story of that run", async () => {
  const tokenizer = await trainTokenizer("the cat sat on the mat and the dog sat on the log ".repeat(4), {
    vocabSize: 280,
  });
  const model = Gpt.create({ vocabSize: 280, blockSize: 64, nLayer: 3, nHead: 2, nEmbd: 16 }, { seed: 5 });
  const lines = (...records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
  const text = "the dog sat";
  const drop = { id: "x.html", step: "gopherQuality", reason: "gopher_short_doc", metric: "words" };
  const files: Record<string, string | Uint8Array> = {
    ...(await model.toFiles()),
    "tokenizer.json": JSON.stringify(tokenizer.toHF()),
    "log.jsonl": lines(
      { step: 0, valLoss: 6, generations: [{ prompt: text, text: " and" }] },
      { step: 1, loss: 5.5 },
      { step: 2, loss: 4.25 },
    ),
    "drops.jsonl": lines({ ...drop, value: 7, threshold: 50 }),
  };
  const ids = [...tokenizer.encodeOrdinary(text)];
  const { drawn, left } = await sampled(model, ids);
  const { position, weight } = await looked(model, ids);
  const tokens = tokenTexts(280, tokenizer);
  const shown = (id: number) => visible(tokens[id]!);
  model.dispose();

  await at("#v1/tour?stop=3", async (page) => {
    await told(page, "Tokens", "tokens of the site's vocabulary");
    await page.locator(".insight-run summary").click();
    await page
      .locator(".insight-run")
      .getByLabel("Files")
      .setInputFiles(
        Object.entries(files).map(([name, content]) => ({
          name,
          mimeType: "",
          buffer: Buffer.from(content),
        })),
      );
    await told(page, "Tokens", `${text.length} bytes became ${ids.length} tokens of your run's vocabulary`);
    await page.getByRole("button", { name: "Stop 1: A page" }).click();
    await told(page, "A page", "It wrote down 1 that it dropped; the first of them here is x.html.");
    expect(await page.locator(".tour-words").innerText()).not.toContain("A crawl");
    await on(page);
    await told(
      page,
      "A document",
      "x.html left at the step gopherQuality: words is 7 there, and the limit 50.",
    );
    await on(page);
    await on(page);
    await told(page, "Training", "from 5.50 nats to 4.25 in 2 steps");
    await on(page);
    await told(page, "Attention", "runs through 3 layers");
    await walkTo(page, "weights");
    const most = `looks most at "${shown(ids[position]!)}", with ${percent(weight)}`;
    await page.locator(".tour-words").getByText(most).waitFor();
    await page.getByRole("button", { name: "Stop 6: Logits" }).press("Enter");
    await told(page, "Logits", "one for each of 280 tokens");
    await on(page);
    await told(page, "A word", `leave ${left} to draw`, `falls on "${shown(drawn)}"`);
    await on(page);
    await on(page);
    await told(page, "An answer", 'Asked "What is 47+38?", the base model of your run goes on');
  });
});

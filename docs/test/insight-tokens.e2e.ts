import { splitByTokens, train as trainTokenizer } from "@llm/bpe";
import { chatTemplate } from "@llm/bpe/template";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { watch } from "./browser.js";
import { openInsight, siteTokenizer } from "./insight.js";

const site = openInsight();

async function open(state: Record<string, string>): Promise<{ page: Page; done(): Promise<void> }> {
  const page = await site.context.newPage();
  const problems = watch(page, site.url);
  await page.goto(`${site.url}insight/#v1/tokens?${new URLSearchParams(state)}`);
  await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
  return {
    page,
    async done() {
      await page.close();
      expect(problems).toEqual([]);
    },
  };
}

const base = '[aria-label="The site\'s 512 tokens"] .token';
const chat = '[aria-label^="The dialogue as tokens"] .token';
const idsIn = (page: Page, tokens: string) =>
  page.locator(tokens).evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["id"])));

test("white space, control characters and parts of a character are seen, and bytes where they are asked for", async () => {
  const text = "a\u00a0b\u00a0b\u00a0b\tc\u0007 🐈";
  const tokenizer = await siteTokenizer();
  const { page, done } = await open({ text, bytes: "yes", ids: "no" });
  const shown = (await page.locator(".token").allInnerTexts()).join("");
  for (const sign of ["⍽", "⇥", "\\x07", "\\xF0"]) expect(shown).toContain(sign);
  const bytes = await page.locator(`${base} .token-bytes`).allInnerTexts();
  expect(bytes.map((one) => one.trim())).toEqual(
    Array.from(tokenizer.encodeOrdinary(text), (id) =>
      Array.from(tokenizer.tokenBytes(id), (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(
        " ",
      ),
    ),
  );
  await done();
});

test("a text is cut into pieces of so many tokens, and special tokens are made when they may be", async () => {
  const text = "The model is trained on a text.<|endoftext|>And then it stops.";
  const tokenizer = await siteTokenizer();
  const { page, done } = await open({ text, budget: "7", specials: "yes" });
  const pieces = splitByTokens(tokenizer, text, { budget: 7, allowedSpecial: "all" });
  expect(await page.locator(`${base}.cut`).count()).toBe(pieces.length - 1);
  expect(await idsIn(page, base)).toEqual(
    pieces.flatMap((piece) => [...tokenizer.encode(piece, { allowedSpecial: "all" })]),
  );
  expect(await page.locator(`${base}.special`).count()).toBe(1);
  await page.getByLabel("special tokens in the text are made").uncheck();
  await page.waitForFunction(() => document.querySelectorAll(".token.special").length > 0);
  await page.waitForFunction(
    (count) => document.querySelectorAll(`[aria-label="The site's 512 tokens"] .token`).length === count,
    splitByTokens(tokenizer, text, { budget: 7 }).flatMap((piece) => [...tokenizer.encodeOrdinary(piece)])
      .length,
  );
  expect(await page.locator(`${base}.special`).count()).toBe(0);
  await done();
});

const TEMPLATE = `{% for m in messages %}[{{ m.role }}]{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}`;

test("a dialogue by a chat template: its ids and its mask, and what is wrong with it", async () => {
  const text = "the cat sat on the mat";
  const { page, done } = await open({ text, form: "template", dialogue: "user: hi\nassistant: on the mat" });
  const own = await trainTokenizer(text, { vocabSize: 256 + 40 });
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content: "on the mat" },
  ];
  // ChatML, as the view has it at first: what the assistant says is learned, and the end of its turn.
  const learned = await page.locator(`${chat}.learn`).allInnerTexts();
  expect(learned.join("").replaceAll(/\s*\d+\s*/g, "")).toContain("<|im_end|>");

  const template = page.getByLabel("The chat template, in Jinja");
  await template.fill(TEMPLATE);
  const { ids, mask } = chatTemplate(TEMPLATE).encode(own, messages);
  await page.waitForFunction(
    (count) => document.querySelectorAll('[aria-label^="The dialogue as tokens"] .token').length === count,
    ids.length,
  );
  expect(await idsIn(page, chat)).toEqual([...ids]);
  expect(
    await page.locator(chat).evaluateAll((all) => all.map((one) => Number(one.classList.contains("learn")))),
  ).toEqual([...mask!]);

  await template.fill("{% for m in messages %}");
  await page.getByText("The chat template cannot be read").waitFor();
  await template.fill("{{ messages[0].content }}");
  await page.getByText("does not say which of them are learned").waitFor();
  await done();
});

test("a table of ranks is read and named for how it is cut; a link to it asks for it again", async () => {
  const own = await trainTokenizer("hello hello hello", { vocabSize: 262 });
  const { page, done } = await open({ text: "hello hello" });
  await page.getByLabel("tokenizer.json or a .tiktoken file").setInputFiles({
    name: "own.tiktoken",
    mimeType: "text/plain",
    buffer: Buffer.from(own.toTiktoken()),
  });
  const column = '[aria-label="own.tiktoken, cut as cl100k does"]';
  await page.locator(`section${column}`).waitFor();
  expect(await idsIn(page, `${column} .token`)).toEqual([...own.encodeOrdinary("hello hello")]);
  await page.reload();
  await page.getByText("A link does not carry a file").waitFor();
  await done();
});

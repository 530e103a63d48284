// What comes next, where the network is looked at: temperature, top-k and top-p as the sampler has them, and a draw that a link repeats.
import { Gpt } from "@llm/gpt";
import { capture } from "@llm/gpt/inspect";
import { distribution, draw, uniform } from "@llm/sample";
import { tensor, useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { mostProbable } from "../insight/engine/most-probable.js";
import { OpenedModel } from "../insight/engine/opened.js";
import { readText } from "../insight/engine/read-text.js";
import { tokenTexts } from "../insight/engine/token-texts.js";
import { wordEnds } from "../insight/engine/word-ends.js";
import { copiedBy, openInsight, siteModel, workAt } from "./insight.js";
import { text } from "./insight-models.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

const settings = { temperature: 0.7, topK: 4, topP: 0.8, seed: 5 };

/** What the sampler makes of the logits, and what it draws. */
async function expected() {
  const { model, tokenizer } = await siteModel();
  const ids = [...tokenizer.encodeOrdinary(text)];
  const { tensors } = await capture(model, tensor(ids, [1, ids.length], "int32"), { detail: true });
  const { vocabSize } = model;
  const logits = Float32Array.from(tensors.get("logits")!.data.subarray(-vocabSize));
  model.dispose();
  const { seed, ...params } = settings;
  const [raw, last] = [distribution(logits), distribution(logits, params)];
  const u = uniform({ seed, position: ids.length });
  const drawn = draw(last, u);
  let from = 0;
  for (const [i, id] of last.ids.entries()) if (id < drawn) from += last.probabilities[i]!;
  const share = ({ ids, probabilities }: typeof raw, id: number) => probabilities[ids.indexOf(id)];
  const span = [from, from + share(last, drawn)!];
  return {
    ids,
    logits,
    drawn,
    u,
    span,
    raw: (id: number) => share(raw, id),
    last: (id: number) => share(last, id),
  };
}

/** The letters that end a word behind ids, each of the most probable token of all before it. */
async function endOf(model: Gpt, tokens: readonly string[], ids: readonly number[]): Promise<string> {
  if (!/\p{L}$/u.test(tokens[ids.at(-1)!]!)) return "";
  let [end, all] = ["", [...ids]];
  for (let step = 0; step < 6; step++) {
    const session = model.session(1);
    const [logits] = await session.step([{ row: session.rows[0]!, ids: all }]);
    session.dispose();
    const next = logits!.indexOf(Math.max(...logits!));
    const letters = /^\p{L}*/u.exec(tokens[next]!)![0];
    end += letters;
    if (letters !== tokens[next]) return end;
    all = [...all, next];
  }
  return `${end}…`;
}

const rowsOf = (page: Page) =>
  page.locator("[data-next]").evaluateAll((all) =>
    all.map((row) => {
      const [id, raw, share] = (row as HTMLElement).dataset["next"]!.split(" ");
      const bar = (name: string) =>
        Number.parseFloat(row.querySelector<HTMLElement>(name)?.style.width ?? "");
      return {
        ...{ id: Number(id), raw: Number(raw), share: share === "" ? undefined : Number(share) },
        bars: [bar("i:not(.raw)"), bar("i.raw")],
        path: [...row.querySelectorAll("small")].map((each) => each.textContent),
        title: row.querySelector("button")!.title,
        isDrawn: row.classList.contains("drawn"),
        isCut: row.classList.contains("ghost"),
      };
    }),
  );

test.each(["inside", "space"])(
  "%s: rows, bars and the draw are the sampler's; a link draws the same, and leads on to Sampling with it",
  async (view) => {
    const { ids, logits, drawn, u, span, raw, last } = await expected();
    const query = new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, `${value}`]));
    await workAt(site, `#v1/${view}?${query}`, async (page) => {
      const isDrawn = (id: number) =>
        page.locator(`.next-list li.drawn [data-id="${id}"]`).waitFor({ timeout: 60_000 });
      await isDrawn(drawn);
      const rows = await rowsOf(page);
      if (view === "space") expect(rows.length).toBe(10);
      else expect(rows.length).toBeGreaterThan(5);
      const best = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
      const first = rows.length - 1;
      expect(rows.slice(0, first).map(({ id }) => id)).toEqual(best.slice(0, first));
      expect(rows.some(({ isCut }) => isCut)).toBe(true);
      const expOf = (id: number) => Math.exp((logits[id]! - logits[best[0]!]!) / settings.temperature);
      const sum = best.filter((id) => last(id) !== undefined).reduce((sum, id) => sum + expOf(id), 0);
      for (const row of rows) {
        const [of, left] = [raw(row.id)!, last(row.id)];
        expect(row.raw).toBeCloseTo(of, 5);
        expect(row.isCut).toBe(left === undefined);
        if (left === undefined) expect(row.share).toBe(undefined);
        else expect(row.share).toBeCloseTo(left, 5);
        expect(row.bars[0]).toBeCloseTo(100 * (left ?? 0), 2);
        expect(row.bars[1]).toBeCloseTo(100 * of, 2);
        const logit = logits[row.id]!;
        // As much of the way as a row has room for; all of it in its words.
        const exp = expOf(row.id);
        const digits = exp < 0.001 ? exp.toExponential(0) : exp.toFixed(3);
        expect(row.path).toEqual([`${logit.toFixed(2)} / 0.7`, `exp ${digits}`]);
        expect(row.title).toContain(`${logit.toFixed(2)} / 0.7 = ${(logit / 0.7).toFixed(2)}; `);
        const told = row.title.match(/; exp (\S+?)(?: of a sum of (\S+))?\. Drawn/)!;
        expect(Number(told[1])).toBeCloseTo(exp, 3);
        expect(told[2]).toBe(left === undefined ? undefined : sum.toPrecision(4));
        if (left !== undefined) expect(exp / sum).toBeCloseTo(left, 5);
        expect(row.isDrawn).toBe(row.id === drawn);
      }
      // Why it is drawn can be followed.
      const told = (await page.locator(".next-drawn").innerText()).match(/[01]\.\d{4}/g)!;
      expect(told).toEqual([u, ...span].map((number) => number.toFixed(4)));
      expect(span[0]! <= u && u < span[1]!).toBe(true);
      // The draw is put behind the text, and Back takes it away.
      const { tokenizer, model } = await siteModel();
      model.dispose();
      const field = page.getByLabel("Text that runs through the model");
      await page.locator(".insight").focus();
      await page.keyboard.press("t");
      const longer = text + tokenizer.decode([drawn]);
      await expect.poll(() => field.inputValue()).toBe(longer);
      await page.locator(`[data-shown$=" ${[...ids, drawn].join(".")}"]`).waitFor({ timeout: 60_000 });
      await page.goBack();
      await page.locator(`[data-shown$=" ${ids.join(".")}"]`).waitFor({ timeout: 60_000 });
      await isDrawn(drawn);
      // All stages, with the same numbers, draw the same.
      await page.getByRole("link", { name: "All stages" }).press("Enter");
      await page.locator(`.stage:last-child li.drawn[data-id="${drawn}"]`).waitFor({ timeout: 60_000 });
    });
  },
);

test("usual settings write nothing; a slider moves the bars, and at temperature 0 the first is all there is", async () => {
  await workAt(site, "#v1/inside", async (page) => {
    await page.locator(".next-list li.drawn").waitFor({ timeout: 60_000 });
    expect(page.url()).not.toMatch(/temperature|topK|topP|seed/);
    const before = await rowsOf(page);
    const ribbon = () => page.locator(".ribbons.next path").first().getAttribute("d");
    const thin = await ribbon();
    const heat = page.getByRole("slider", { name: "temperature" });
    await heat.fill("0");
    await expect.poll(async () => (await rowsOf(page))[0]!.share).toBe(1);
    expect((await rowsOf(page)).slice(1).every(({ isCut }) => isCut)).toBe(true);
    expect((await rowsOf(page))[0]!.raw).toBe(before[0]!.raw);
    expect(await ribbon()).not.toBe(thin);
    expect(page.url()).toContain("temperature=0");
    await heat.fill("1");
    await expect.poll(() => rowsOf(page)).toEqual(before);
    expect(page.url()).not.toContain("temperature");
    // What is drawn far down says how far.
    const { logits } = await expected();
    const drawn = before.find(({ isDrawn }) => isDrawn)!;
    const rank = 1 + logits.filter((logit) => logit > logits[drawn.id]!).length;
    const ranks = await page.locator(".next-list em").allInnerTexts();
    expect(ranks.map((words) => words.trim())).toEqual(rank > before.length ? [`#${rank}`] : []);
    // Where no stage acts, its slider says so.
    const said = await page.locator(".next-settings output").allInnerTexts();
    expect(said.slice(0, 3)).toEqual(["1", "off", "off"]);
    // From the logit to the share, in numbers.
    const summary = page.locator("summary", { hasText: "what comes next" });
    await summary.press("Enter");
    const table = await copiedBy(summary.locator("..").getByText("Copy as TSV"));
    const [head, ...lines] = table.split("\n").map((line) => line.split("\t"));
    const number = (line: readonly string[], name: string) => Number(line[head!.indexOf(name)]);
    const highest = number(lines[0]!, "logit / temperature");
    for (const line of lines) {
      const exp = number(line, "exp(that − the highest)");
      expect(exp).toBeCloseTo(Math.exp(number(line, "logit / temperature") - highest), 3);
      expect(exp / number(line, "sum of those left")).toBeCloseTo(number(line, "share by the model"), 3);
    }
    // A word that a token begins goes on as the model would write it.
    const { model, tokenizer } = await siteModel();
    const { ids } = await expected();
    const tokens = tokenTexts(model.vocabSize, tokenizer);
    const wanted: [id: number, end: string][] = [];
    for (const { id } of before) wanted.push([id, await endOf(model, tokens, [...ids, id])]);
    model.dispose();
    const ends = () =>
      page
        .locator(".next-list li button")
        .evaluateAll((all) =>
          all.map((each) => [Number(each.dataset["id"]), each.querySelector("b")!.dataset["end"]]),
        );
    await expect.poll(ends).toEqual(wanted);
    const column = page.locator(".insight-table[open] td:last-child");
    // What is drawn stands last, and the table goes on before it.
    const first = wanted.slice(0, -1).map(([, end]) => end);
    expect((await column.allTextContents()).slice(0, first.length)).toEqual(first);
    // Another number draws another, and is in the link.
    await page.getByRole("button", { name: "Another number" }).press("Enter");
    await page.waitForFunction(() => location.hash.includes("seed=2"));
  });
});

test("of a text that is too long the last 48 tokens run through, and a draw goes on behind them for ever", async () => {
  const { model, tokenizer } = await siteModel();
  const all = [
    ...tokenizer.encodeOrdinary("The loss is the mean of what each token costs. ".repeat(9)),
  ].slice(0, 60);
  const long = tokenizer.decode(all);
  expect([...tokenizer.encodeOrdinary(long)]).toEqual(all);
  /** What is drawn for a text: by its last tokens, with the number that is the whole text's. */
  const drawnFor = async (text: string) => {
    const whole = [...tokenizer.encodeOrdinary(text)];
    const ids = whole.slice(-48);
    const { tensors } = await capture(model, tensor(ids, [1, 48], "int32"), { detail: true });
    const logits = Float32Array.from(tensors.get("logits")!.data.subarray(-model.vocabSize));
    const { seed, ...params } = settings;
    const left = distribution(logits, params);
    const best = logits.indexOf(Math.max(...logits));
    return { whole, ids, best, drawn: draw(left, uniform({ seed, position: whole.length })) };
  };
  const query = new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, `${value}`]));
  query.set("text", long);
  for (const view of ["inside", "space"]) {
    await workAt(site, `#v1/${view}?${query}`, async (page) => {
      const field = page.getByLabel("Text that runs through the model");
      let written = long;
      for (const key of ["t", "g", "t"]) {
        const { whole, ids, best, drawn } = await drawnFor(written);
        await page.locator(`[data-shown$=" ${ids.join(".")}"]`).waitFor({ timeout: 60_000 });
        await page.locator(`.next-list li.drawn [data-id="${drawn}"]`).waitFor({ timeout: 60_000 });
        const note = `The first ${whole.length - 48} tokens are left out: the model sees 64, and this view shows at most 48.`;
        expect(await page.locator(".reading-note").innerText()).toContain(note);
        expect(await page.locator("[data-next]").first().getAttribute("data-next")).toMatch(`${best} `);
        await page.locator(".insight").focus();
        await page.keyboard.press(key);
        written += tokenizer.decode([key === "t" ? drawn : best]);
        await expect.poll(() => field.inputValue(), { timeout: 60_000 }).toBe(written);
      }
    });
  }
  model.dispose();
});

const sorter = [
  'This model knows only A, B and C: "T", "h", "e", "m", "o", "d" and 1 more are left out.',
  'Nothing is left of the text: "A" is shown in its place.',
];
type Unread = [view: string, state: Record<string, string>, ...words: string[]];
const unread: Unread[] = [
  ...["inside", "space", "sampling"].map(
    (view): Unread => [view, { model: "sorter", text: "The model" }, ...sorter],
  ),
  ["space", { model: "copier", text: "d 7 word 7" }, 'This model knows only 0 to v: "word" is left out.'],
  ["inside", { text: "" }, 'The text is empty: "<|endoftext|>" is shown in its place.'],
  ["sampling", { text: "The model" }],
];

test.each(unread)(
  "%s, %j: what is not read is said, and what is shown instead",
  async (view, state, ...words) => {
    await workAt(site, `#v1/${view}?${new URLSearchParams(state)}`, async (page) => {
      await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
      expect(await page.locator(".reading-note").textContent()).toBe(words.join(" "));
    });
  },
);

test("what a tokenizer replaces is told from where on", async () => {
  const { model, tokenizer } = await siteModel();
  const opened = new OpenedModel(model, tokenizer);
  expect(readText(opened, "ab\ud83d c", 48).changed).toEqual({ at: 2, words: "\ufffd c" });
  expect(readText(opened, "naïve 🐈", 48).changed).toBe(undefined);
  opened.dispose();
});

test("words are ended from what the model keeps of the text, which stays", async () => {
  const shape = { vocabSize: 62, blockSize: 32, nLayer: 2, nHead: 2, nEmbd: 16 };
  const model = Gpt.create(shape, { seed: 3 });
  const opened = new OpenedModel(model, undefined);
  const { signal } = new AbortController();
  const ids = [11, 40, 7, 23, 50, 12];
  const starts = [10, 30, 45, 5];
  const wanted: string[] = [];
  for (const id of starts) wanted.push((await endOf(model, opened.tokens, [...ids, id])).replace(/…$/, ""));
  await opened.next(ids);
  /** How many ids each row of each step takes in. */
  const taken: number[] = [];
  const { session } = model;
  let made = 0;
  model.session = (...all) => {
    made++;
    return session.apply(model, all);
  };
  const fork = opened.fork.bind(opened);
  opened.fork = (to, count, until, work) =>
    fork(to, count, until, async (held, rows) => {
      const step = held.step.bind(held);
      held.step = (entries, options) => {
        taken.push(...entries.map(({ ids }) => ids.length));
        return step(entries, options);
      };
      await work(held, rows);
      held.step = step;
    });
  const ends = await wordEnds(opened, { ids, starts }, signal);
  expect(ends.map((end) => end.replace(/…$/, ""))).toEqual(wanted);
  expect(made).toBe(0);
  expect(new Set(taken)).toEqual(new Set([1]));
  // A token more costs one position, and the rows that went on are closed.
  expect(await opened.next([...ids, 9])).toMatchObject({ cached: ids.length, computed: 1 });
  await fork(ids, 2, signal, async (held, rows) => {
    expect(held.rows).toEqual([0, ...rows]);
    expect(rows.map((row) => held.length(row))).toEqual([ids.length, ids.length]);
  });
  opened.dispose();
});

test("the most probable tokens are those that sorting finds, the first of equals first", () => {
  const logits = Float32Array.from([0, 3, -1, 3, 2, -Infinity, 2.5]);
  const exps = [...logits].map((logit) => Math.exp(logit));
  const sum = exps.reduce((total, each) => total + each, 0);
  const all = mostProbable(logits, 9);
  expect(all.map(({ id }) => id)).toEqual([1, 3, 6, 4, 0, 2, 5]);
  for (const { id, p } of all) expect(p).toBeCloseTo(exps[id]! / sum, 6);
  expect(mostProbable(logits, 2)).toEqual(all.slice(0, 2));
});

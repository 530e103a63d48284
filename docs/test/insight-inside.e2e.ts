import type { Gpt } from "@llm/gpt";
import { type Captured, explainCell, logitLens } from "@llm/gpt/inspect";
import { tensor, useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { colourOf } from "../insight/cells/canvas.js";
import { lookOf } from "../insight/engine/pooled.js";
import { placeOf } from "../insight/scheme.js";
import { watch } from "./browser.js";
import { answered, copiedBy, openInsight, siteModel } from "./insight.js";
import { captured, derivation, give, models, text } from "./insight-models.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

/** Opens the view, on a model in the place of the site's where one is given. */
async function open(state: Record<string, string>, other?: Gpt): Promise<Opened> {
  const page = await site.context.newPage();
  const problems = watch(page, site.url);
  if (other) await give(page, other);
  await page.goto(`${site.url}insight/#v1/inside?${new URLSearchParams(state)}`);
  await page.locator("[data-shown][data-cell]").waitFor({ timeout: 60_000 });
  // The picture of a block comes last, and moves what is below it.
  await page.locator(".block-picture[data-block]").waitFor({ timeout: 60_000 });
  await answered(page);
  return {
    page,
    async done() {
      await page.close();
      expect(problems).toEqual([]);
    },
  };
}
interface Opened {
  readonly page: Page;
  done(): Promise<void>;
}

/** Every pixel of a canvas, as red, green, blue, red, and so on. */
const pixelsOf = (page: Page, canvas: string) =>
  page
    .locator(canvas)
    .first()
    .evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
      return { width, height, rgb: [...data].filter((_, i) => i % 4 < 3) };
    });

const at = (page: Page, tensor: string, index: readonly number[]) =>
  page.waitForFunction(
    (cell) => document.querySelector<HTMLElement>("[data-shown]")?.dataset["cell"] === cell,
    `${tensor} ${index.join(".")}`,
    { timeout: 30_000 },
  );

/** What a token looks at most, in one head. */
function looked(
  { tensors, ids }: Captured & { ids: readonly number[] },
  layer: number,
  head: number,
  token: number,
) {
  const T = ids.length;
  const start = (head * T + token) * T;
  const row = Array.from(tensors.get(`h.${layer}.attn.weights`)!.data.subarray(start, start + T));
  return row.indexOf(Math.max(...row));
}

/** The window of cells that a cell lies in, as its colours should be. */
function colours({ tensors, descriptions }: Captured, name: string, index: readonly number[]) {
  const { shape, data } = tensors.get(name)!;
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1)!];
  const { plane, row, column } = placeOf(shape, index);
  const [top, left] = [row - (row % 64), column - (column % 96)];
  const [height, width] = [Math.min(64, rows - top), Math.min(96, columns - left)];
  const look = lookOf(descriptions.find((each) => each.name === name)!, data);
  const rgb = Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [top + Math.floor(i / width), left + (i % width)];
    return colourOf(data[(plane * rows + y) * columns + x]!, look);
  }).flat();
  return { width, height, rgb };
}

test.each(models)("%s: what is drawn is what capture computes, in the scheme too", async (_, make) => {
  const [model, given] = await make();
  const all = await captured(model);
  const names = all.descriptions.map(({ name }) => name);
  const kinds =
    /^wte|c_attn\.weight|attn\.(q|k|v)(_rotated)?$|scores|masked|weights|rope|ln_2|mlp|logits|prob/;
  const chosen = names.filter((name) => kinds.test(name) && !/^h\.[1-9]/.test(name));
  expect(chosen.length).toBeGreaterThan(15);
  const { page, done } = await open({ text }, given);
  const listed = await page
    .locator(".scheme-box")
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["tensor"]!));
  expect(listed.sort()).toEqual([...names].sort());
  for (const name of chosen) {
    const { shape } = all.tensors.get(name)!;
    const index = shape.map((extent) => Math.floor((2 * extent) / 3));
    await page.evaluate(
      ([tensor, cell]) => {
        const [view, query] = location.hash.split("?");
        const fields = new URLSearchParams(query);
        fields.set("tensor", tensor!);
        fields.set("cell", cell!);
        location.hash = `${view}?${fields}`;
      },
      [name, index.join(".")],
    );
    await at(page, name, index);
    const expected = colours(all, name, index);
    const drawn = await pixelsOf(page, ".cell-panel .cell-canvas canvas");
    expect([drawn.width, drawn.height], name).toEqual([expected.width, expected.height]);
    expect(drawn.rgb, name).toEqual(expected.rgb);

    const { formula, operands, captured } = explainCell(all, name, index);
    const { value, written, lit, reads } = await page.evaluate(() => ({
      reads: [...document.querySelectorAll<HTMLElement>(".cell-read")].map((one) => one.dataset["tensor"]!),
      value: document.querySelector(".cell-value")!.textContent,
      written: document.querySelector(".cell-formula")!.textContent,
      lit: [...document.querySelectorAll<HTMLElement>(".scheme-box.read")].map(
        (one) => one.dataset["tensor"]!,
      ),
    }));
    expect(value, name).toContain(`= ${captured.toPrecision(4)}`);
    if (operands.length > 0) expect(written, name).toBe(formula);
    // Of what is only taken from another cell, what that is computed from, too.
    const read = derivation(all, name, index).flatMap(({ operands }) => operands);
    const wanted = [...new Set(read.map(({ tensor }) => tensor))].sort();
    expect(lit.sort(), name).toEqual(wanted);
    expect(reads.sort(), name).toEqual(wanted);
  }
  await done();
  model.dispose();
});

test.each(models)("%s: attention of all heads and the logit lens are the model's", async (_, make) => {
  const [model, given] = await make();
  const all = await captured(model);
  const { nLayer, nHead, vocabSize } = model.config;
  const T = all.ids.length;
  const { page, done } = await open({ text, layer: "1", head: "2" }, given);
  const maps = await page.locator(".attention-maps canvas").evaluateAll((all) =>
    all.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
      return [...data].filter((_, i) => i % 4 < 3);
    }),
  );
  expect(maps.length).toBe(nLayer * nHead);
  for (const [i, map] of maps.entries()) {
    const { data } = all.tensors.get(`h.${Math.floor(i / nHead)}.attn.weights`)!;
    const weights = Array.from(data.subarray((i % nHead) * T * T, ((i % nHead) + 1) * T * T));
    const expected = weights.flatMap((weight) => [...colourOf(weight, { scale: 1, isShare: true })]);
    expect(map, `layer ${Math.floor(i / nHead)}, head ${i % nHead}`).toEqual(expected);
  }
  const large = await pixelsOf(page, ".attention-large canvas");
  expect(large.rgb).toEqual(maps[nHead + 2]);

  const lens = await logitLens(model, tensor(all.ids, [1, T], "int32")).data();
  const cells = await page
    .locator(".lens td")
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["cell"]!.split(" ").map(Number)));
  expect(cells.length).toBe((nLayer + 1) * T);
  for (const [layer, position, id, p] of cells as [number, number, number, number][]) {
    const start = (layer * T + position) * vocabSize;
    const logits = Array.from(lens.subarray(start, start + vocabSize));
    const most = Math.max(...logits);
    expect(logits[id], `${layer} ${position}`).toBe(most);
    expect(p).toBeCloseTo(1 / logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0), 6);
  }
  await done();
  model.dispose();
});

test("Inside by keyboard alone: tensors, cells, heads and checkpoints; Back and a reload restore them", async () => {
  const before = await captured((await siteModel(625)).model);
  const { page, done } = await open({ text });
  const T = before.ids.length;
  await page.locator(".insight").focus();
  await page.keyboard.press("k");
  await at(page, "h.0.attn", [0, T - 1, 0]);
  await page.keyboard.press("j");
  const all = await captured((await siteModel()).model);
  const most = looked(all, 0, 0, T - 1);
  await at(page, "h.0.attn.weights", [0, 0, T - 1, most]);
  await page.locator(".cell-panel .cell-canvas canvas").focus();
  await page.keyboard.press("ArrowUp");
  for (let column = most; column > 2; column--) await page.keyboard.press("ArrowLeft");
  await at(page, "h.0.attn.weights", [0, 0, T - 2, 2]);
  await page.waitForFunction((cell) => location.hash.includes(`cell=${cell}`), `0.0.${T - 2}.2`);
  const explained = explainCell(all, "h.0.attn.weights", [0, 0, T - 2, 2]);
  expect(await page.locator(".cell-formula").innerText()).toBe(explained.formula);

  await page.locator(".insight").focus();
  await page.keyboard.press("l");
  await page.keyboard.press("l");
  await page.locator('.attention-maps [aria-label="Block 0, head 2"][aria-pressed="true"]').waitFor();
  await at(page, "h.0.attn.weights", [0, 2, T - 2, 2]);
  await page.keyboard.press("b");
  await page.waitForFunction(() =>
    document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.startsWith("base-625 "),
  );
  const weights = before.tensors.get("h.0.attn.weights")!.data.subarray(2 * T * T, 3 * T * T);
  expect((await pixelsOf(page, ".attention-large canvas")).rgb).toEqual(
    Array.from(weights, (weight) => colourOf(weight, { scale: 1, isShare: true })).flat(),
  );
  await page.keyboard.press("]");
  await page.locator('.attention-maps [aria-label="Block 1, head 2"][aria-pressed="true"]').waitFor();
  await page.keyboard.press("]");
  await page.keyboard.press("[");
  await at(page, "h.0.attn.weights", [0, 2, T - 2, 2]);
  const hash = await page.evaluate(() => location.hash);
  await page.reload();
  await at(page, "h.0.attn.weights", [0, 2, T - 2, 2]);
  expect(await page.evaluate(() => location.hash)).toBe(hash);
  for (let back = 0; back < 3; back++) await page.goBack();
  await page.waitForFunction(() =>
    document.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"]?.startsWith("base-3125 "),
  );
  await answered(page);

  await page.locator(".insight").focus();
  await page.keyboard.press("?");
  expect(await page.locator("dialog[open] kbd").allInnerTexts()).toEqual([
    "j",
    "k",
    "[",
    "]",
    "h",
    "l",
    "b",
    "n",
    "w",
    "W",
    "o",
    "i",
    "u",
    "p",
    ",",
    ".",
    "x",
    "g",
    "t",
    ">",
    "?",
    "Escape",
  ]);
  await page.keyboard.press("Escape");
  const operands = page.locator("summary", { hasText: "what the chosen cell is computed from" });
  await operands.press("Enter");
  const [, ...rows] = (await copiedBy(page.getByRole("button", { name: "Copy as TSV" }))).split("\n");
  const { operands: ofHead } = explainCell(all, "h.0.attn.weights", [0, 2, T - 2, 2]);
  expect(rows.map((row) => Number(row.split("\t")[2]))).toEqual(ofHead.map(({ value }) => value));
  await done();
});

test("a pointer on a cell explains it, a finger keeps it, and a click on what it reads goes there", async () => {
  const { page, done } = await open({ text, tensor: "h.1.mlp.c_proj" });
  const canvas = page.locator(".cell-panel .cell-canvas canvas");
  const { width, height } = (await canvas.boundingBox())!;
  await canvas.hover({ position: { x: (9.5 * width) / 64, y: (1.5 * height) / 8 } });
  await at(page, "h.1.mlp.c_proj", [0, 1, 9]);
  const all = await captured((await siteModel()).model);
  const { formula } = explainCell(all, "h.1.mlp.c_proj", [0, 1, 9]);
  expect(await page.locator(".cell-formula").innerText()).toBe(formula);
  expect(page.url()).not.toContain("cell=");
  await canvas.click({ position: { x: (20.5 * width) / 64, y: (3.5 * height) / 8 } });
  await at(page, "h.1.mlp.c_proj", [0, 3, 20]);
  await page.waitForFunction(() => location.hash.includes("cell=0.3.20"));
  await page.locator('.cell-read[data-tensor="h.1.mlp.c_proj.weight"]').click();
  await at(page, "h.1.mlp.c_proj.weight", [0, 20]);
  await done();
});

test("a model without a tokenizer is shown too, and a tensor that is not there is named", async () => {
  const { page, done } = await open({ model: "copier", text: "d 7 k d 7 k", tensor: "h.7.attn" });
  expect(await page.locator(".lens th[scope=col]").allInnerTexts()).toEqual(["after", ..."d7kd7k"]);
  expect(await page.locator(".insight-warning").innerText()).toContain('no tensor "h.7.attn"');
  await page.locator("[data-models]").selectOption("base-5");
  await page.locator('[data-shown^="base-5 "]').waitFor({ timeout: 60_000 });
  await done();
});

test("one selection: the picture of a block, the cells and the maps open with the last token, and move together", async () => {
  const all = await captured((await siteModel()).model);
  const T = all.ids.length;
  const { page, done } = await open({ text });
  /** The token, and what it looks at, in each of the three. */
  const isChosen = async (layer: number, head: number, token: number, key: number) => {
    await at(page, `h.${layer}.attn.weights`, [0, head, token, key]);
    await page.locator(`.block-picture[data-block="${layer} ${head} ${token}"]`).waitFor({ timeout: 60_000 });
    const marked = () =>
      page.evaluate(() =>
        ["left", "top"].map((side) =>
          [...document.querySelectorAll(`.attention-large .axis-${side} span`)].findIndex((one) =>
            one.classList.contains("chosen"),
          ),
        ),
      );
    await expect.poll(marked, { timeout: 60_000 }).toEqual([token, key]);
  };
  await isChosen(0, 0, T - 1, looked(all, 0, 0, T - 1));
  expect(page.url()).not.toContain("token=");
  // In the block, then in the maps, then in the cells; a head and a layer take all along.
  await page.locator(".block-scroll").press("ArrowUp");
  await isChosen(0, 0, T - 2, looked(all, 0, 0, T - 2));
  await page.getByRole("button", { name: "Head 2", exact: true }).press("Enter");
  await isChosen(0, 2, T - 2, looked(all, 0, 2, T - 2));
  await page.getByRole("button", { name: "Block 1", exact: true }).press("Enter");
  await isChosen(1, 2, T - 2, looked(all, 1, 2, T - 2));
  const { width, height } = (await page.locator(".attention-large canvas").boundingBox())!;
  await page
    .locator(".attention-large canvas")
    .click({ position: { x: (1.5 * width) / T, y: (3.5 * height) / T } });
  await isChosen(1, 2, 3, 1);
  await page.locator(".cell-panel .cell-canvas canvas").press("ArrowDown");
  await isChosen(1, 2, 4, 1);
  await page.waitForFunction(() => location.hash.includes("token=4"));
  // A named cell goes along with the token.
  await page.locator('.block-token[data-token="6"]').click();
  await isChosen(1, 2, 6, looked(all, 1, 2, 6));
  await done();
});

test("a score opens with its products: they sum to q·k, and scaled to the score", async () => {
  const all = await captured((await siteModel()).model);
  const T = all.ids.length;
  const { page, done } = await open({ text });
  await page.locator('.block-column[data-part="scores"]').press("Enter");
  const most = looked(all, 0, 0, T - 1);
  await at(page, "h.0.attn.scores", [0, 0, T - 1, most]);
  const [q, k] = ["q", "k"].map((name) => all.tensors.get(`h.0.attn.${name}`)!.data) as [
    Float32Array,
    Float32Array,
  ];
  const products = Array.from({ length: 16 }, (_, i) => q[(T - 1) * 16 + i]! * k[most * 16 + i]!);
  const rows = page.locator(".cell-products tbody tr");
  await expect.poll(() => rows.count()).toBe(16);
  const shown = await rows.evaluateAll((all) => all.map((row) => Number(row.lastElementChild!.textContent)));
  for (const [i, product] of products.entries()) expect(shown[i]).toBe(Number(product.toPrecision(3)));
  const sum = products.reduce((a, b) => a + b);
  expect(await page.locator(".cell-products p").innerText()).toBe(
    `Their sum is ${Number(sum.toPrecision(4))} / √16 = ${Number((sum / 4).toPrecision(3))}.`,
  );
  await done();
});

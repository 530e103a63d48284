// The page around the picture in 3D: what is on the first screen, what a pointer does, and what is said at a cell.
import { explainCell } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { productsOf, sumWords } from "../insight/cells/products-of.js";
import type { Region } from "../insight/scene/instances.js";
import { cellCentre } from "../insight/scene/layout.js";
import { linesBetween } from "../insight/scene/lines.js";
import { project } from "../insight/scene/matrix.js";
import { placeBeside } from "../insight/views/space/cell-label.js";
import { Highlights } from "../insight/views/space/highlights.js";
import { isInside, isOn } from "../insight/views/space/pixels.js";
import { clearest, termsShown, written as two } from "../insight/views/space/product-strip.js";
import { byTensor, placesOf } from "../insight/views/space/regions.js";
import { openInsight, workAt, workIn } from "./insight.js";
import { captured, derivation, give, models, text } from "./insight-models.js";
import { panelsOf } from "./insight-space.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

const written = `text=${encodeURIComponent(text)}`;
const shown = (page: Page) => page.locator("[data-shown]").waitFor({ timeout: 60_000 });
const cellIs = (page: Page, cell: string) =>
  page.locator(`[data-cell="${cell}"]`).waitFor({ timeout: 60_000 });
const canvasBox = async (page: Page) => (await page.locator(".space-picture canvas").boundingBox())!;

test.each([
  [1280, 900],
  [1366, 768],
  [1440, 900],
])(
  "%i x %i: picture, scrubber, sentence and formula are on the first screen",
  async (width, height) => {
    await workAt(site, "", async (page) => {
      await page.setViewportSize({ width, height });
      await page.goto(`${site.url}insight/#v1/space?chapter=5&phase=6&flow=14&${written}`);
      await shown(page);
      await page.waitForFunction(() => document.querySelector(".space-cell")?.textContent?.includes("exp("));
      const ends = () =>
        page.evaluate(() =>
          [".space-picture", ".flow input", ".flow-words", ".space-cell", ".space-phases > .now"].map(
            (each) => document.querySelector(each)!.getBoundingClientRect().bottom,
          ),
        );
      await expect.poll(async () => Math.max(...(await ends()))).toBeLessThanOrEqual(height);
      const picture = await canvasBox(page);
      expect(picture.height).toBeGreaterThan(height / 2);
      const column = (await page.locator(".space-read").boundingBox())!;
      const formula = (await page.locator(".space-cell").boundingBox())!;
      expect(formula.y + formula.height).toBeLessThanOrEqual(column.y + column.height);
    });
  },
  120_000,
);

test("a passing mouse shows a cell and leaves the example; a press keeps one; a drag chooses nothing", async () => {
  const [model] = await models[0]![1]();
  const panels = panelsOf(model, (await captured(model)).ids.length);
  model.dispose();
  await workAt(site, `#v1/space?chapter=5&phase=6&flow=14&${written}`, async (page) => {
    await shown(page);
    const example = (await page.locator("[data-cell]").getAttribute("data-cell"))!;
    expect(example).toMatch(/^h\.0\.attn\.weights /);
    const { x, y, width, height } = await canvasBox(page);
    const masked = panels.find(({ box, plane }) => box.name === "h.0.attn.masked" && plane === 0)!;
    const placeNow = async () => {
      const matrix = (await page.locator(".space-picture canvas").getAttribute("data-camera"))!;
      const seen = project(matrix.split(" ").map(Number), cellCentre(masked, 2, 1));
      return { x: x + ((seen.x + 1) / 2) * width, y: y + ((1 - seen.y) / 2) * height };
    };
    const place = await placeNow();
    const other = "h.0.attn.masked 0.0.2.1";
    await page.mouse.move(place.x, place.y);
    await cellIs(page, other);
    await page.mouse.move(x + width / 2, y - 30);
    await cellIs(page, example);
    expect(page.url()).not.toContain("tensor=");
    await page.mouse.move(place.x, place.y);
    await cellIs(page, other);
    await page.mouse.down();
    await page.mouse.move(place.x + 40, place.y + 10, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => location.hash.includes("eye="));
    expect(page.url()).not.toContain("tensor=");
    expect(page.url()).toContain("flow=14");
    await page.mouse.move(x + width / 2, y - 30);
    await cellIs(page, example);
    // A press keeps it.
    const turned = await placeNow();
    await page.mouse.click(turned.x, turned.y);
    await page.waitForFunction(() => location.hash.includes("tensor=h.0.attn.masked"));
    await page.mouse.move(x + width / 2, y - 30);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    expect(await page.locator("[data-cell]").getAttribute("data-cell")).toBe(other);
    // And 0 leads the eye back.
    await page.locator(".space-back").waitFor();
    await page.keyboard.press("0");
    await page.locator(".space-back").waitFor({ state: "hidden" });
    expect(page.url()).not.toContain("eye=");
  });
}, 120_000);

test("what stands at a cell is never on it, and in the picture", () => {
  const picture = { width: 400, height: 300 };
  const label = { width: 120, height: 50 };
  for (let left = -10; left < 400; left += 13) {
    for (let top = -10; top < 300; top += 17) {
      for (const size of [2, 12, 60]) {
        const cell = { left, top, right: left + size, bottom: top + size };
        const place = placeBeside(cell, label, picture)!;
        expect(isInside(place, picture)).toBe(true);
        expect(isOn(place, cell)).toBe(false);
      }
    }
  }
  // A cell that fills the picture leaves no room.
  expect(placeBeside({ left: -10, top: -10, right: 500, bottom: 500 }, label, picture)).toBe(undefined);
});

test.each([
  [0, "0"],
  [-1.234, "-1.2"],
  [0.0456, "0.046"],
  [-0.000052, "≈0"],
  [-0.0025, "-0.003"],
  [1234567, "1e+6"],
])("below a cell %f is %s", (value, words) => {
  expect(two(value)).toBe(words);
});

test("of many products the first ones are drawn, as many as have room", () => {
  expect(termsShown(16, 900)).toBe(16);
  expect(termsShown(64, 2000)).toBe(24);
  expect(termsShown(64, 342)).toBeGreaterThanOrEqual(2);
  expect(termsShown(64, 342)).toBeLessThan(6);
});

test("products stand where they cover least of what they speak of", () => {
  const [own, picture] = [
    { width: 400, height: 100 },
    { width: 900, height: 600 },
  ];
  const weigh = (top: number, weight: number) => ({
    rect: { left: 0, top, right: 900, bottom: top + 90 },
    weight,
  });
  expect(clearest(own, picture, [])).toMatchObject({ left: 6, top: 494, covered: 0 });
  expect(clearest(own, picture, [weigh(500, 1)])).toMatchObject({ left: 6, top: 6, covered: 0 });
  expect(clearest(own, picture, [weigh(500, 2), weigh(0, 1)]).top).toBe(6);
});

test("at a cell its value stands; of a product the row, the column and the sum", async () => {
  const [model] = await models[0]![1]();
  const all = await captured(model);
  model.dispose();
  const [tensor, index] = ["h.0.attn.scores", [0, 1, 3, 2]] as const;
  const explained = explainCell(all, tensor, index);
  const pairs = productsOf(explained.operands);
  const query = `tensor=${tensor}&cell=${index.join(".")}&chapter=5&${written}`;
  await workAt(site, `#v1/space?${query}`, async (page) => {
    await cellIs(page, `${tensor} ${index.join(".")}`);
    const at = page.locator(".space-at");
    await expect.poll(() => at.locator("span").last().innerText()).toBe(explained.captured.toPrecision(4));
    expect(await at.innerText()).toContain("looks at");
    const strip = page.locator(".space-strip");
    await strip.waitFor();
    const told = await strip.locator("> span").allInnerTexts();
    const count = told.length / 3;
    expect(count).toBeGreaterThanOrEqual(2);
    const few = pairs.slice(0, count);
    expect(told).toEqual([
      ...few.map(({ a }) => two(a)),
      ...few.map(({ b }) => two(b)),
      ...few.map(({ a, b }) => two(a * b)),
    ]);
    expect(await strip.locator("p").innerText()).toBe(`Sum: ${sumWords(explained, pairs)}`);
    // It follows the camera.
    const before = await at.boundingBox();
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("d");
    await expect.poll(async () => (await at.boundingBox())?.x).not.toBe(before!.x);
    // What is let through by a mask is that sum; what is no product has none.
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("k");
    const last = all.ids.length - 1;
    await page.locator(`[data-cell^="h.0.attn.masked 0.0.${last}."]`).waitFor();
    await expect.poll(() => strip.isVisible()).toBe(true);
    await page.keyboard.press("k");
    await page.locator(`[data-cell^="h.0.attn.weights.max 0.0.${last}."]`).waitFor();
    await strip.waitFor({ state: "hidden" });
  });
}, 120_000);

test.each([
  ["a query", models[0]!, "h.0.attn.q", [0, 1, 5, 2]],
  ["a value", models[0]!, "h.0.attn.v", [0, 3, 2, 7]],
  ["a gate", models[1]!, "h.0.mlp.gate", [0, 5, 7]],
  ["what is gated", models[1]!, "h.0.mlp.up", [0, 4, 30]],
] as const)(
  "%s is only copied, and shows the sum that its source is, with lines on the whole way",
  async (_, [, make], tensor, index) => {
    const [model, given] = await make();
    const all = await captured(model);
    const planes = byTensor(panelsOf(model, all.ids.length));
    const [own, source] = derivation(all, tensor, index);
    expect(source!.captured).toBe(own!.captured);
    const place = (tensor: string, index: readonly number[]) => placesOf([{ tensor, index }], planes)[0]!;
    const lines = [own!, source!].flatMap(({ tensor, index, operands }) =>
      linesBetween(placesOf(operands, planes), place(tensor, index)),
    );
    expect(lines.length).toBeGreaterThan(20);
    await workIn(site, async (page) => {
      if (given) await give(page, given);
      await page.goto(`${site.url}insight/#v1/space?tensor=${tensor}&cell=${index.join(".")}&${written}`);
      await cellIs(page, `${tensor} ${index.join(".")}`);
      await page.locator(`canvas[data-lines="${lines.length}"]`).waitFor();
      const pairs = productsOf(source!.operands);
      const sum = page.locator(".space-strip p");
      await expect.poll(() => sum.innerText()).toBe(`Sum: ${sumWords(source!, pairs)}`);
      const total = source!.operands.reduce(
        (sum, { value, coefficient = 0 }) => sum + value * coefficient,
        0,
      );
      expect(total).toBeCloseTo(own!.captured, 4);
      const from = `${source!.tensor}[${source!.index.join(", ")}]`;
      expect(await page.locator(".space-cell").innerText()).toContain(
        `${source!.formula}, taken from ${from}`,
      );
      await expect
        .poll(() => page.locator(".space-at").textContent())
        .toContain(`[${source!.index.join(", ")}]`);
      await page.getByText("As a table: what the chosen cell").click();
      const rows = await page
        .locator("table", { hasText: "is computed from" })
        .locator("tbody tr")
        .allInnerTexts();
      expect(rows.length).toBe(1 + source!.operands.length);
      expect(rows[0]).toMatch(new RegExp(`${tensor}\\[${index.join(", ")}\\]$`));
      expect(rows.slice(1).every((row) => row.endsWith(from))).toBe(true);
    });
    model.dispose();
  },
  120_000,
);

test("a copied cell of a shape without weights lights what its source would be computed from", async () => {
  await workAt(site, "#v1/space?shape=llama&layers=2&tensor=h.0.mlp.gate&cell=0.5.40", async (page) => {
    await cellIs(page, "h.0.mlp.gate 0.5.40");
    // One from its source, and ten each from a row and a column, which stand for all.
    await page.locator('canvas[data-lines="21"]').waitFor();
    expect(await page.locator(".space-cell").innerText()).toContain("taken from h.0.mlp.c_fc[0, 5, 40]");
    await page.getByText("As a table: what the chosen cell").click();
    const table = page.locator("table", { hasText: "would be computed from" });
    await table.waitFor();
    expect(await table.locator("tbody tr").allInnerTexts()).toEqual([
      "h.0.mlp.c_fc\t0, 5, 40\th.0.mlp.gate[0, 5, 40]",
      "h.0.ln_2\t0, 5, 0 to 2047\th.0.mlp.c_fc[0, 5, 40]",
      "h.0.mlp.c_fc.weight\t0 to 2047, 40\th.0.mlp.c_fc[0, 5, 40]",
    ]);
  });
}, 120_000);

test("a part that explains has no label at its example, until the reader points at a cell", async () => {
  await workAt(site, `#v1/space?chapter=3&phase=3&flow=5&${written}`, async (page) => {
    await cellIs(page, `h.0.ln_1 0.7.0`);
    // What stands around cells has come.
    await page.locator(".space-hint").waitFor({ state: "attached" });
    expect(await page.locator(".space-at").isVisible()).toBe(false);
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("ArrowRight");
    await cellIs(page, `h.0.ln_1 0.7.1`);
    await page.locator(".space-at").waitFor();
  });
}, 120_000);

test("while all runs through, what is said is about what is computed now, and leads there", async () => {
  await workAt(site, `#v1/space?${written}`, async (page) => {
    await shown(page);
    await page.locator(".space-phases").waitFor();
    const tensors = page.getByRole("region", { name: "What is computed now" });
    expect(await tensors.isVisible()).toBe(false);
    await page.goto(`${site.url}insight/#v1/space?flow=7&${written}`);
    await tensors.waitFor();
    expect(await tensors.innerText()).toContain("Queries, keys and values");
    expect(await page.locator(".space-phases").isVisible()).toBe(false);
    await tensors.getByRole("button").press("Enter");
    await page.waitForFunction(() => location.hash.includes("chapter=4"));
    await tensors.waitFor({ state: "hidden" });
    await page.locator(".space-phases").waitFor();
  });
}, 120_000);

test("where networks are compared there is no walk, and nothing stands in its place", async () => {
  await workAt(site, "#v1/space?shape=sizes", async (page) => {
    await shown(page);
    await page.getByRole("heading", { name: "How large networks are" }).waitFor();
    expect(await page.locator(".space-walk").isVisible()).toBe(false);
  });
}, 60_000);

test("how the picture is turned is said until it is, and in the list of keys", async () => {
  await workAt(site, "#v1/space", async (page) => {
    await shown(page);
    const hint = page.locator(".space-hint");
    await hint.waitFor();
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("q");
    await hint.waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.locator("dialog kbd", { hasText: "Shift + drag" }).waitFor();
  });
}, 60_000);

test("the sorter's sixth letter fills the text: all of it stands there, and the picture keeps its beginning", async () => {
  await workAt(site, "#v1/space?model=sorter", async (page) => {
    await page.locator('[data-shown="model 2.1.0.1.1.2"]').waitFor({ timeout: 60_000 });
    await page.locator(".next-list li").first().waitFor({ timeout: 60_000 });
    await page.locator(".insight").focus();
    const field = page.getByLabel("Text that runs through the model");
    let sorted = "C B A B B C";
    for (const [i, letter] of ["A", "B", "B", "B", "C", "C"].entries()) {
      await page.keyboard.press("g");
      sorted += ` ${letter}`;
      await expect.poll(() => field.inputValue()).toBe(sorted);
      const ids = [...sorted].filter((each) => each !== " ").map((each) => "ABC".indexOf(each));
      await page.locator(`[data-shown="model ${ids.slice(0, 11).join(".")}"]`).waitFor({ timeout: 60_000 });
      if (i < 5) await page.locator(`[data-next]`).first().waitFor();
    }
    const note = page.locator(".reading-note");
    await expect
      .poll(() => note.innerText())
      .toContain("The text is whole: the model reads at most 11 tokens");
    // Whoever goes on all the same sees its end, and writes on there.
    await page.keyboard.press("g");
    await page.locator('[data-shown="model 1.0.1.1.2.0.1.1.1.2.2"]').waitFor({ timeout: 60_000 });
    expect(await field.inputValue()).toBe("C B A B B C A B B B C C");
    await expect.poll(() => note.innerText()).toContain("The first token is left out");
    await page.keyboard.press("g");
    await expect.poll(() => note.innerText()).toContain("The first 2 tokens are left out");
  });
}, 120_000);

test("a token that is put behind the text leaves the part of the walk, its step and its example, in the new token's row", async () => {
  await workAt(site, `#v1/space?chapter=5&phase=6&flow=14&${written}`, async (page) => {
    await shown(page);
    await page.locator(".next-list li").first().waitFor({ state: "attached", timeout: 60_000 });
    const before = (await page.locator("[data-cell]").getAttribute("data-cell"))!;
    const rows = Number(before.split(".").at(-2));
    await page.locator(".insight").focus();
    await page.keyboard.press("g");
    await page.locator(`[data-cell^="h.0.attn.weights 0.0.${rows + 1}."]`).waitFor();
    expect(page.url()).toContain("flow=14");
    expect(page.url()).toContain("phase=6");
  });
}, 120_000);

test("a new token is framed where it comes in, until another cell is pointed at", async () => {
  const [model] = await models[0]![1]();
  const panels = panelsOf(model, 5);
  model.dispose();
  let framed: string[] = [];
  const picture = {
    scene: undefined,
    strengthen() {},
    mark(regions: readonly Region[]) {
      framed = regions.map(({ panel, top, left }) => `${panel.box.name} ${top} ${left}`);
    },
  };
  const none = { row: undefined, made: [], operands: [], operandsOf: () => [] };
  const all = {
    ...{ isAbout: () => true, isAboutAll: () => true, ...none },
    ...{ spot: { chapter: 1, phase: 1 }, phase: { about: [] } },
  };
  const highlights = new Highlights(picture, all);
  highlights.place(panels);
  highlights.frameNew(true);
  expect(framed).toEqual(["ids 0 4", "embedding.token 4 0", "embedding 4 0"]);
  highlights.frameNew(false);
  expect(framed).toEqual([]);
});

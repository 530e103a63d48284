// A product as it comes about in 3D: cell by cell, each with the row and the column that it is made of.
import { type Captured, describe as describeModel, explainCell } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { colourOf } from "../insight/cells/canvas.js";
import { lookOf } from "../insight/engine/pooled.js";
import { operationsOf } from "../insight/flow/operations.js";
import { cellCentre, type Panel } from "../insight/scene/layout.js";
import { linesBetween } from "../insight/scene/lines.js";
import { project } from "../insight/scene/matrix.js";
import { STEP } from "../insight/scene/stream.js";
import { placeOf } from "../insight/scheme.js";
import { oneByOne, operandCells, stepsTo } from "../insight/views/space/operand-cells.js";
import { byTensor, placesOf, regionsOf } from "../insight/views/space/regions.js";
import { SWEPT, sweptOf } from "../insight/views/space/sweep.js";
import { answered, openInsight, openPaused, workIn } from "./insight.js";
import { captured, derivation, models, text } from "./insight-models.js";
import { panelsOf, pixels } from "./insight-space.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

test.each([
  [8, 8],
  [1, 40],
  [32, 36_864],
  [48, 3],
  [1, 1],
])(
  "%i x %i: a few cells, slowly enough to be read and then faster, then row by row, until all is there",
  (rows, columns) => {
    const swept = sweptOf(rows, columns);
    const shares = swept.map(({ share }) => share);
    expect(shares).toEqual([...new Set(shares)].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const cells = swept.filter(({ column }) => column !== undefined);
    expect(cells.map(({ row, column }) => [row, column])).toEqual(cells.map((_, i) => [0, i]));
    expect(cells.map(({ share }) => Math.round(share * rows * columns))).toEqual(cells.map((_, i) => i + 1));
    const paces = swept.map(({ lasts }) => lasts);
    expect(paces).toEqual(paces.toSorted((a, b) => b - a));
    for (const { lasts } of cells.slice(0, 3)) expect(lasts).toBeGreaterThanOrEqual(800);
    expect(STEP + swept.reduce((sum, { lasts }) => sum + lasts, 0)).toBeLessThan(SWEPT);
  },
);

test.each(models)(
  "%s: what a cell is made of by its description alone is what its explanation says",
  async (_, make) => {
    const [model] = await make();
    const all = await captured(model);
    const planes = byTensor(panelsOf(model, all.ids.length));
    const shapeOf = (tensor: string) => planes.get(tensor)?.[0]?.box.shape;
    let products = 0;
    for (const { output, cell: operation } of operationsOf(describeModel(model, { detail: true }))) {
      const shape = shapeOf(output)!;
      for (const index of [shape.map(() => 0), shape.map((extent) => extent - 1)]) {
        const derived = operandCells(operation, index, shapeOf);
        // These lead on by values, or by angles.
        if (operation!.kind === "lookup" || operation!.kind === "rotate") continue;
        const explained = placesOf(explainCell(all, output, index).operands, planes);
        const places = placesOf(derived, planes);
        const { plane, row, column } = placeOf(shape, index);
        const own = { panel: planes.get(output)![plane]!, row, column };
        const sorted = <T>(list: readonly T[]) => list.map((each) => JSON.stringify(each)).sort();
        expect(sorted(regionsOf(places)), output).toEqual(sorted(regionsOf(explained)));
        if (operation!.kind !== "dot") continue;
        expect(sorted(linesBetween(places, own)), output).toEqual(sorted(linesBetween(explained, own)));
        products++;
      }
    }
    expect(products).toBeGreaterThan(20);
    model.dispose();
  },
);

test.each(models)(
  "%s: what a copied cell is taken from is known by the descriptions alone",
  async (_, make) => {
    const [model] = await make();
    const all = await captured(model);
    const planes = byTensor(panelsOf(model, all.ids.length));
    const operations = operationsOf(describeModel(model, { detail: true }));
    const operationOf = (tensor: string) => operations.find(({ output }) => output === tensor)?.cell;
    const shapeOf = (tensor: string) => planes.get(tensor)?.[0]?.box.shape;
    const taken = new Set<string>();
    for (const { output, cell } of operations) {
      const shape = shapeOf(output)!;
      // Before the last token nothing is masked, before the first all but itself is.
      for (const index of [
        shape.map(() => 0),
        shape.map((extent) => extent - 1),
        shape.map((extent, i) => Math.min(extent - 1, +(i === 3))),
      ]) {
        const steps = stepsTo({ tensor: output, index }, operationOf, shapeOf);
        const wanted = derivation(all, output, index);
        expect(steps.map(({ tensor, index }) => ({ tensor, index }))).toEqual(
          wanted.map(({ tensor, index }) => ({ tensor, index })),
        );
        if (wanted.length === 1) continue;
        taken.add(cell!.kind);
        // The value is that of its source, to the last bit.
        expect(wanted.at(-1)!.captured, output).toBe(wanted[0]!.captured);
        const source = placesOf(wanted.at(-1)!.operands, planes);
        const sorted = (cells: typeof source) =>
          regionsOf(cells)
            .map((each) => JSON.stringify(each))
            .sort();
        expect(sorted(placesOf(oneByOne(steps.at(-1)!.reads), planes))).toEqual(sorted(source));
      }
    }
    expect([...taken].sort()).toEqual(["copy", "mask"]);
    model.dispose();
  },
);

const data = async (page: Page, name: string) =>
  (await page.locator(".space-picture canvas").getAttribute(`data-${name}`))!;

/** Whether a cell has the colour of its value; else it has that of its empty panel. */
async function isMade(page: Page, all: Captured, panel: Panel, row: number, column: number) {
  const matrix = (await data(page, "camera")).split(" ").map(Number);
  const { box } = panel;
  const values = all.tensors.get(box.name)!.data;
  const look = lookOf(all.descriptions.find(({ name }) => name === box.name)!, values);
  const [drawn] = await pixels(page, [project(matrix, cellCentre(panel, row, column))]);
  const isNear = (wanted: readonly number[]) => wanted.every((part, i) => Math.abs(part - drawn![i]!) <= 2);
  const isEmpty = isNear([201, 224, 204]);
  const isOwn = isNear(colourOf(values[row * box.columns + column]!, look));
  expect(isEmpty !== isOwn, `${row} ${column}: ${drawn}`).toBe(true);
  return isOwn;
}

test("cells come about one after the other, and what is beyond is empty; p pauses in the middle, a hand takes over, . goes on", async () => {
  const [model] = await models[0]![1]();
  const all = await captured(model);
  const panels = panelsOf(model, all.ids.length);
  model.dispose();
  const planes = byTensor(panels);
  const scores = "h.0.attn.scores";
  const [output] = planes.get(scores)!;
  const { rows, columns } = output!.box;
  await workIn(site, async (page) => {
    await openPaused(page, `${site.url}insight/#v1/space?chapter=5&text=${encodeURIComponent(text)}`);
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("p");
    await page.clock.runFor(STEP - 50);
    // Values are on their way, and nothing is made of them.
    expect(Number(await data(page, "filled"))).toBe(0);
    await page.clock.runFor(70);
    const swept = sweptOf(rows, columns);
    for (const [i, { share, row, column, lasts }] of swept.entries()) {
      if (column === undefined) break;
      const index = [0, 0, row, column];
      await page.locator(`[data-cell="${scores} ${index.join(".")}"]`).waitFor();
      expect(Number(await data(page, "filled"))).toBeCloseTo(share, 6);
      const { formula, operands } = explainCell(all, scores, index);
      expect(await page.locator(".space-cell").innerText()).toContain(formula);
      const lines = linesBetween(placesOf(operands, planes), { panel: output!, row, column });
      expect(Number(await data(page, "lines"))).toBe(lines.length);
      expect(await isMade(page, all, output!, 1, 1)).toBe(false);
      if (swept[i + 1]?.column !== undefined) await page.clock.runFor(lasts);
    }
    expect(Number(await data(page, "calls"))).toBeLessThanOrEqual(4);

    // Row by row. In the middle it can be held.
    const next = () => page.clock.runFor(75);
    for (let share = Number(await data(page, "filled")); share < 3 / rows; await next()) {
      share = Number(await data(page, "filled"));
    }
    await page.keyboard.press("p");
    await answered(page);
    await page.clock.runFor(50);
    const held = Number(await data(page, "filled"));
    const made = held * rows;
    expect(Number.isInteger(made)).toBe(true);
    for (let row = 0; row < rows; row++) {
      expect(await isMade(page, all, output!, row, 3), `row ${row} of ${made}`).toBe(row < made);
    }
    const frames = await data(page, "frames");
    await page.clock.runFor(5000);
    expect(Number(await data(page, "filled"))).toBe(held);
    expect(await data(page, "frames")).toBe(frames);

    // It goes on there, and rests with all of it, and a cell of the last row.
    await page.keyboard.press("p");
    await page.clock.runFor(SWEPT);
    expect(await data(page, "filled")).toBe("1");
    await page.locator(`[data-cell^="${scores} 0.0.7."]`).waitFor();
    await answered(page);
    await page.clock.runFor(100);
    const last = await data(page, "frames");
    await page.clock.runFor(5000);
    expect(await data(page, "frames")).toBe(last);
    expect(page.url()).not.toContain("play=");

    // A hand takes the cell; the others go on coming about.
    await page.keyboard.press(",");
    await page.keyboard.press(".");
    await page.clock.runFor(STEP + 20);
    await page.keyboard.press("l");
    await page.locator(`[data-cell^="${scores} 0.1"]`).waitFor();
    await page.clock.runFor(SWEPT);
    expect(await data(page, "filled")).toBe("1");
    expect(await page.locator("[data-cell]").getAttribute("data-cell")).toContain(`${scores} 0.1`);

    await page.keyboard.press(",");
    await page.keyboard.press(".");
    await page.clock.runFor(STEP + 200);
    await page.keyboard.press(".");
    await page.waitForFunction(() => document.querySelector(".flow-words")!.textContent!.includes("masked"));
    await page.clock.runFor(STEP + 100);
    expect(await data(page, "filled")).toBe("1");
  });
});

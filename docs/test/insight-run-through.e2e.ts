import { type Gpt, presets } from "@llm/gpt";
import { type Captured, describe as describeModel } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { colourOf } from "../insight/cells/canvas.js";
import { lookOf } from "../insight/engine/pooled.js";
import { operationsOf } from "../insight/flow/operations.js";
import { PACE } from "../insight/flow/run-through.js";
import { cellCentre, type Panel } from "../insight/scene/layout.js";
import { project } from "../insight/scene/matrix.js";
import { filled, type Moment, STEP, travellers, travellingPanel } from "../insight/scene/stream.js";
import { SWEPT } from "../insight/views/space/sweep.js";
import { answered, openInsight, openPaused, workIn } from "./insight.js";
import { captured, give, llama, models, text } from "./insight-models.js";
import { change, panelsOf, pixels } from "./insight-space.js";

const opsOf = (of: Parameters<typeof describeModel>[0]) => operationsOf(describeModel(of, { detail: true }));

test.each([
  ["GPT-2", presets.gpt2],
  ["a Llama", llama],
])("%s: each operation once, after all that it reads, in a sentence of its own", (_, config) => {
  const made = new Set(
    describeModel(config, { detail: true }).flatMap(({ name, inputs }) => (inputs.length === 0 ? name : [])),
  );
  const operations = opsOf(config);
  for (const { output, operands, words } of operations) {
    expect(
      operands.filter((name) => !made.has(name)),
      output,
    ).toEqual([]);
    expect(made.has(output)).toBe(false);
    expect(words).toMatch(/^(Block \d+: )?[\w'/ ,-]+ from .* \(.+\)\.$/);
    made.add(output);
  }
  expect(new Set(operations.map(({ words }) => words)).size).toBe(operations.length);
  expect(made).toEqual(new Set(describeModel(config, { detail: true }).map(({ name }) => name)));
  expect(operations.map(({ words }) => words)).toContain(
    config === llama
      ? "Block 0: 1 / the spread of each row from the embedding (1 / root mean square)."
      : "Block 0: the mean of each row from the embedding (sum / count).",
  );
  expect(operations.map(({ words }) => words)).toContain(
    "Block 0: scores from turned queries and turned keys (query · key).".replace(
      /turned /g,
      config === llama ? "turned " : "",
    ),
  );
});

const momentOf = (
  panels: readonly Panel[],
  { output, operands }: { output: string; operands: readonly string[] },
) => {
  const planesOf = (tensor: string) => panels.filter(({ box }) => box.name === tensor);
  return {
    operands: operands.flatMap(planesOf),
    outputs: planesOf(output),
    isThere: () => true,
  } satisfies Moment;
};

test("values travel from cells of the operands to the output, which fills from above; then none is on its way", () => {
  const panels = panelsOf(llama, 8);
  for (const operation of opsOf(llama).filter((_, i) => i % 4 === 0)) {
    const moment = momentOf(panels, operation);
    for (const share of [0.001, 0.5, 0.999]) {
      for (const { from, row, column, at } of travellers(moment, share)) {
        expect(moment.operands).toContain(from);
        expect(row).toBeLessThan(from.box.rows);
        expect(column).toBeLessThan(from.box.columns);
        if (share > 0.1) continue;
        const start = cellCentre(from, row, column);
        expect(Math.hypot(at[0] - start[0], at[1] - start[1])).toBeLessThan(20);
      }
    }
    const sources = new Set(travellers(moment, 0.4).map(({ from }) => from));
    expect(sources, operation.output).toEqual(new Set(moment.operands));
    expect(travellers(moment, 1)).toEqual([]);
  }
  expect([0, 0.3, 1].map(filled)).toEqual([0, 0, 1]);
  expect(STEP).toBeLessThanOrEqual(600);
});

describe("in a browser", () => {
  const site = openInsight();
  const opened = new Map<
    string,
    { model: Gpt; given: Gpt | undefined; all: Awaited<ReturnType<typeof captured>> }
  >();

  beforeAll(async () => {
    // The engine that the page has.
    await useEngine("wasm", { threads: 1 });
    for (const [name, make] of models) {
      const [model, given] = await make();
      opened.set(name, { model, given, all: await captured(model) });
    }
  });
  afterAll(async () => {
    for (const { model } of opened.values()) model.dispose();
  });

  const isAt = (page: Page, at: number, of: number) =>
    page.waitForFunction(
      (start) => document.querySelector(".flow-words")!.textContent!.startsWith(start),
      `${at} of ${of}. `,
    );
  const data = async (page: Page, name: string) =>
    (await page.locator(".space-picture canvas").getAttribute(`data-${name}`))!;

  /** Where the middle of a cell is in the picture, if it is inside, and how large about in pixels. */
  function placeOf(matrix: readonly number[], panel: Panel, row: number, column: number) {
    const at = project(matrix, cellCentre(panel, row, column));
    const [next, below] = [cellCentre(panel, row, column + 1), cellCentre(panel, row + 1, column)].map(
      (place) => project(matrix, place),
    );
    const size = Math.min(Math.abs(next!.x - at.x) * 400, Math.abs(below!.y - at.y) * 250);
    return Math.max(Math.abs(at.x), Math.abs(at.y)) < 0.95 ? { ...at, size } : undefined;
  }

  function expectedAt(all: Captured, { box }: Panel, row: number, column: number) {
    const { data } = all.tensors.get(box.name)!;
    const look = lookOf(all.descriptions.find(({ name }) => name === box.name)!, data);
    return colourOf(data[row * box.columns + column]!, look);
  }

  /** The shader knows 511 colours of a palette. */
  const isNear = (drawn: readonly number[], wanted: readonly number[]) =>
    wanted.every((part, i) => Math.abs(part - drawn[i]!) <= 2);

  const frame = (page: Page) =>
    page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );

  test.each(models.map(([name]) => name))(
    "%s: by key over all operations; what is drawn has been computed, and nothing else is",
    async (name) => {
      const { model, given, all } = opened.get(name)!;
      const operations = opsOf(model);
      // A column that is one cell wide is behind the arrow to it.
      const panels = panelsOf(model, all.ids.length).filter(
        ({ plane, box }) => plane === 0 && (box.columns > 1 || box.rows === 1),
      );
      await workIn(site, async (page) => {
        await page.emulateMedia({ reducedMotion: "reduce" });
        // So large that a cell of the whole network has some pixels.
        await page.setViewportSize({ width: 1700, height: 1300 });
        if (given) await give(page, given);
        await page.goto(`${site.url}insight/#v1/space?text=${encodeURIComponent(text)}`);
        await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
        await page.evaluate(() => {
          const words = document.querySelector(".flow-words")!;
          const all: string[] = [];
          Object.assign(window, { said: all });
          new MutationObserver(() => all.push(words.textContent!)).observe(words, { childList: true });
        });
        await page.locator(".space-picture canvas").focus();
        for (const _ of operations) await page.keyboard.press(".");
        await isAt(page, operations.length, operations.length);
        const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
        expect(said.filter((words, i) => words !== said[i - 1])).toEqual(
          operations.map(({ words }, i) => `${i + 1} of ${operations.length}. ${words}`),
        );

        let [there, missing] = [0, 0];
        const find = (part: string) => 1 + operations.findIndex(({ output }) => output.endsWith(part));
        for (const flow of [
          find("embedding"),
          find("0.attn.q"),
          find("0.attn.masked"),
          find("0.residual_1"),
          find("1.attn.weights"),
          operations.length,
        ]) {
          // What was learned is computed from nothing: no line is before a cell.
          await change(page, { flow: `${flow}`, chapter: "1", tensor: "wte.weight", cell: "0.0" });
          await isAt(page, flow, operations.length);
          await page.locator('canvas[data-lines="0"]').waitFor();
          await answered(page);
          await frame(page);
          const made = new Set(
            operations.slice(0, flow).flatMap(({ output, operands }) => [output, ...operands]),
          );
          const matrix = (await data(page, "camera")).split(" ").map(Number);
          const cells = panels.flatMap((panel) => {
            const [row, column] = [Math.floor(panel.box.rows / 2), Math.floor(panel.box.columns / 2)];
            const at = placeOf(matrix, panel, row, column);
            const isSeen = at && at.size > (made.has(panel.box.name) ? 1.5 : 1);
            return isSeen ? [{ panel, row, column, ...at }] : [];
          });
          const drawn = await pixels(page, cells);
          for (const [i, { panel, row, column }] of cells.entries()) {
            if (made.has(panel.box.name)) {
              const wanted = expectedAt(all, panel, row, column);
              expect(isNear(drawn[i]!, wanted), `${flow} ${panel.box.name}`).toBe(true);
              there++;
            } else {
              expect(drawn[i]![3], `${flow} ${panel.box.name}`).toBeLessThan(90);
              missing++;
            }
          }
        }
        expect(there).toBeGreaterThanOrEqual(8);
        expect(missing).toBeGreaterThan(2);
      });
    },
  );

  test("it plays, pauses, rests where the chapter ends, and stops when the view closes", async () => {
    const { model, all } = opened.get("base")!;
    const operations = opsOf(model);
    const panels = panelsOf(model, all.ids.length);
    const scores = operations.findIndex(({ output }) => output === "h.0.attn.scores");
    const masked = scores + 2;
    await workIn(site, async (page) => {
      await openPaused(page, `${site.url}insight/#v1/space?chapter=5&text=${encodeURIComponent(text)}`);
      await page.locator(".space-picture canvas").focus();
      // The scores are a product: how its cells come about is tested elsewhere.
      await page.keyboard.press("p");
      await isAt(page, scores + 1, operations.length);
      await page.keyboard.press("p");
      await page.keyboard.press(".");
      await isAt(page, masked, operations.length);
      expect(page.url()).not.toContain("play=yes");
      await page.clock.runFor(STEP / 2);
      const share = Number(await data(page, "share"));
      expect(Math.abs(share - 0.5)).toBeLessThan(0.1);
      expect(Number(await data(page, "calls"))).toBeLessThanOrEqual(4);
      const matrix = (await data(page, "camera")).split(" ").map(Number);
      const moment = momentOf(panels, operations[masked - 1]!);
      const output = moment.outputs[0]!;
      const { rows: height, columns: width } = output.box;
      const isFilled = (row: number, column: number) =>
        row * width + column + 0.5 < filled(share) * height * width;
      expect([0, 1, 4, 7].map((row) => isFilled(row, 3))).toEqual([true, true, false, false]);
      const moving = travellers(moment, share);
      const places = moving.map(({ at }) => project(matrix, at));
      const isInPicture = ({ x, y }: { x: number; y: number }) => Math.max(Math.abs(x), Math.abs(y)) < 0.98;
      // Not where a frame or a value on its way is before it.
      const cells = [1, 4, 5]
        .flatMap((row) => [1, 2, 3, 4, 5, 6].map((column) => ({ row, column })))
        .map((cell) => ({ ...cell, ...project(matrix, cellCentre(output, cell.row, cell.column)) }))
        .filter(isInPicture)
        .filter(({ x, y }) => places.every((place) => Math.hypot(place.x - x, place.y - y) > 0.04));
      expect(new Set(cells.map(({ row, column }) => isFilled(row, column))).size).toBe(2);
      for (const [i, colour] of (await pixels(page, cells)).entries()) {
        const { row, column } = cells[i]!;
        // The body of a panel without values.
        const wanted = isFilled(row, column) ? expectedAt(all, output, row, column) : [201, 224, 204];
        expect(isNear(colour, wanted), `${row} ${column}: ${colour} ${wanted}`).toBe(true);
      }
      // Values on their way have the colours of their cells, where none is before another.
      const seen = await pixels(page, places);
      const isFree = (i: number) =>
        moving.every((other, j) => {
          if (j === i || other.at[2] < moving[i]!.at[2]) return true;
          // Its sides are seen, too.
          const reach = 0.9 * travellingPanel(other).size[0];
          const end = project(matrix, [other.at[0] + reach, other.at[1] + reach, other.at[2]]);
          const [here, there] = [places[i]!, places[j]!];
          const isBeside = Math.abs(here.x - there.x) > Math.abs(end.x - there.x);
          return isBeside || Math.abs(here.y - there.y) > Math.abs(end.y - there.y);
        });
      const free = moving.flatMap(({ from }, i) =>
        from.plane === 0 && isInPicture(places[i]!) && isFree(i) ? i : [],
      );
      expect(free.length).toBeGreaterThan(5);
      const own = free.filter((i) => {
        const { from, row, column } = moving[i]!;
        return isNear(seen[i]!, expectedAt(all, from, row, column));
      });
      // An edge may go through the middle of one.
      expect(own.length).toBeGreaterThan(0.75 * free.length);

      await page.clock.runFor(STEP);
      // Then a cell of what was made shows where it comes from.
      await page.locator('[data-cell^="h.0.attn.masked 0.0.7."]').waitFor();
      await answered(page);
      await page.clock.runFor(100);
      const frames = await data(page, "frames");
      await page.clock.runFor(5000);
      await isAt(page, masked, operations.length);
      expect(await data(page, "frames")).toBe(frames);
      expect(page.url()).not.toContain("play=yes");

      await page.keyboard.press("p");
      await page.clock.runFor(5 * PACE.yes);
      await isAt(page, scores + 5, operations.length);
      expect(page.url()).not.toContain("play=yes");
      // Two products.
      await page.keyboard.press("p");
      await page.clock.runFor(1.5 * SWEPT);
      await isAt(page, scores + 7, operations.length);
      await page.reload();
      await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
      await isAt(page, scores + 7, operations.length);
      await page.clock.runFor(1.1 * SWEPT);
      await isAt(page, scores + 8, operations.length);

      await page.getByRole("link", { name: "Inside", exact: true }).click();
      await page.locator('section.insight[aria-label="Inside"]').waitFor();
      await page.clock.runFor(5000);
      expect(page.url()).toContain("#v1/inside");
    });
  });
});

import { type Gpt, type GptConfig, presets } from "@llm/gpt";
import { describe as describeModel } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { colourOf } from "../insight/cells/canvas.js";
import { lookOf } from "../insight/engine/pooled.js";
import { cameraOf, facing } from "../insight/scene/camera.js";
import { bounds, bySection, cellCentre, type Panel } from "../insight/scene/layout.js";
import { project } from "../insight/scene/matrix.js";
import { pick } from "../insight/scene/pick.js";
import { indexAt } from "../insight/scheme.js";
import { isAbout, proseOf } from "../insight/views/space/chapter.js";
import { CHAPTERS } from "../insight/views/space/walk.js";
import { watch } from "./browser.js";
import { answered, openInsight } from "./insight.js";
import { captured, derivation, give, llama, models, text } from "./insight-models.js";
import { change, panelsOf, pixels } from "./insight-space.js";

const shapes: [string, GptConfig][] = [
  ...Array.from({ length: 12 }, (_, i): [string, GptConfig] => [
    `GPT-2 of ${i + 1}`,
    { ...presets.gpt2, nLayer: i + 1 },
  ]),
  ["a Llama", llama],
];

describe.each(shapes)("%s in space", (_, config) => {
  const descriptions = describeModel(config, { detail: true });
  const panels = panelsOf(config, 16);

  test("every tensor stands there once for each of its planes, and none in another", () => {
    const first = panels.filter(({ plane }) => plane === 0).map(({ box }) => box.name);
    expect(first.sort()).toEqual(descriptions.map(({ name }) => name).sort());
    for (const { box } of panels) {
      expect(panels.filter((other) => other.box === box).length).toBe(box.planes);
    }
    const hit = panels.flatMap((a, i) => panels.slice(i + 1).filter((b) => isInside(a, b)));
    expect(hit.map(({ box }) => box.name)).toEqual([]);
  });

  test("what is computed stands below what it is computed from, or right of its rows' numbers, or in a later column, or in a lower row", () => {
    const tops = new Map([...bySection(panels)].map(([name, own]) => [name, bounds(own)]));
    const place = new Map(panels.filter(({ plane }) => plane === 0).map((panel) => [panel.box.name, panel]));
    for (const { name, inputs, kind } of descriptions) {
      if (kind !== "activation") continue;
      const own = place.get(name)!;
      for (const input of inputs) {
        const other = place.get(input)!;
        const isSame = own.section === other.section;
        if (/\.(mean|rstd|max|sum)$/.test(input)) {
          expect(own.at[1], name).toBe(other.at[1]);
          expect(own.at[0], name).toBeGreaterThan(other.at[0]);
        } else if (other.box.kind === "activation" && isSame) {
          expect(own.at[1], name).toBeLessThan(other.at[1]);
        }
        if (isSame) continue;
        const isLower = tops.get(own.section)!.high[1] < tops.get(other.section)!.low[1];
        if (!isLower) expect(own.at[0], name).toBeGreaterThan(other.at[0]);
      }
    }
  });

  test("every chapter is about something, and every link of its prose names a tensor of it or an axis", () => {
    const shapes = new Map(panels.map(({ box }) => [box.name, box.shape]));
    for (const chapter of CHAPTERS) {
      expect(
        [...shapes.keys()].some((name) => isAbout(chapter, name)),
        chapter.title,
      ).toBe(true);
      for (const piece of proseOf(chapter, { shapes }).flatMap(({ pieces }) => pieces)) {
        expect(piece.words).not.toMatch(/[[\]{|}]/);
        if (piece.tensors) expect(piece.tensors, piece.words).not.toEqual([]);
      }
    }
  });
});

function isInside(a: Panel, b: Panel): boolean {
  return [0, 1, 2].every((i) => {
    const ends = ({ at, size }: Panel) => (i === 0 ? [at[0], at[0] + size[0]] : [at[i]! - size[i]!, at[i]!]);
    const [[low, high], [start, end]] = [ends(a), ends(b)];
    return low! < end! && start! < high!;
  });
}

test("a cell is picked where it is seen, unless another panel stands before it", () => {
  const panels = panelsOf(llama, 16);
  const { low, high } = bounds(panels);
  const camera = cameraOf(facing(low, high, 1.5), 1.5);
  let seen = 0;
  for (const panel of panels) {
    const { rows, columns } = panel.box;
    const [row, column] = [Math.floor(rows / 2), Math.floor(columns / 3)];
    const { x, y } = project(camera.matrix, cellCentre(panel, row, column));
    const picked = pick(panels, camera, x, y);
    if (picked?.panel !== panel) continue;
    seen++;
    expect(picked).toEqual({ panel, row, column });
  }
  expect(seen).toBeGreaterThan(panels.length / 2);
  expect(pick(panels, camera, 0.999, 0.999)).toBeUndefined();
});

describe("in a browser", () => {
  const site = openInsight();

  beforeAll(async () => {
    // The engine that the page has.
    await useEngine("wasm", { threads: 1 });
  });

  /** Opens the view, on a model in the place of the site's where one is given. */
  async function open(state: Record<string, string>, other?: Gpt, before?: (page: Page) => Promise<unknown>) {
    const page = await site.context.newPage();
    const problems = watch(page, site.url);
    await before?.(page);
    if (other) await give(page, other);
    await page.goto(`${site.url}insight/#v1/space?${new URLSearchParams(state)}`);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    return {
      page,
      async done() {
        await page.close();
        expect(problems).toEqual([]);
      },
    };
  }

  test.each(models)("%s: 50 cells have the colour of the captured value, and are picked", async (_, make) => {
    const [model, given] = await make();
    const all = await captured(model);
    const panels = panelsOf(model, all.ids.length);
    const { page, done } = await open({ text }, given);
    const canvas = page.locator(".space-picture canvas");
    await answered(page);
    const aspect = await canvas.evaluate((canvas) => canvas.clientWidth / canvas.clientHeight);
    const kinds =
      /^wte|c_attn\.weight|c_attn$|attn\.(q|k|v)(_rotated)?$|masked|attn\.weights|rope|ln_2$|c_fc$|logits|residual/;
    const chosen = panels.filter(
      ({ box, section, plane }) => kinds.test(box.name) && section !== "h.1" && plane < 2,
    );
    let cells = 0;
    for (const panel of chosen.filter((_, i) => i % Math.ceil(chosen.length / 24) === 0)) {
      const { rows, columns, shape, name } = panel.box;
      const target = cellCentre(panel, Math.floor(rows / 2), Math.floor(columns / 2));
      const eye = { target, yaw: 0, pitch: 0, distance: 30 };
      const camera = cameraOf(eye, aspect);
      const { matrix } = camera;
      // No cell is chosen, so that no line is before another.
      const eyeIs = [...target.map((x) => x.toFixed(3)), 0, 0, 30].join("_");
      await change(page, { eye: eyeIs, tensor: "", cell: "" });
      await page.locator('canvas[data-lines="0"]').waitFor();
      // Panels may stand above each other: the whole place counts.
      await page.waitForFunction(
        (place) => {
          const camera = document.querySelector("canvas")!.dataset["camera"]!.split(" ").map(Number);
          return place.every((x, i) => Math.abs(camera[12 + i]! - x) < 0.01);
        },
        [...matrix.slice(12, 15)],
      );
      const near = [0, 1, 2, 3, 4, 5]
        .map((i) => ({
          row: Math.min(rows - 1, Math.floor(rows / 2) + (i % 2)),
          column: Math.min(columns - 1, Math.floor(columns / 2) + i),
        }))
        .map((cell) => ({ ...cell, ...project(matrix, cellCentre(panel, cell.row, cell.column)) }))
        // A plane may stand before another one.
        .filter(
          ({ x, y }) =>
            Math.max(Math.abs(x), Math.abs(y)) < 0.95 && pick(panels, camera, x, y)?.panel === panel,
        );
      if (near.length === 0) continue;
      const drawn = await pixels(page, near);
      const { data } = all.tensors.get(name)!;
      const look = lookOf(all.descriptions.find((each) => each.name === name)!, data);
      for (const [i, { row, column }] of near.entries()) {
        const value = data[(panel.plane * rows + row) * columns + column]!;
        const expected = colourOf(value, look);
        for (const part of [0, 1, 2]) {
          // The shader knows 511 colours of a palette.
          expect(
            Math.abs(drawn[i]![part]! - expected[part]!),
            `${name} ${row} ${column}`,
          ).toBeLessThanOrEqual(2);
        }
        cells++;
      }
      await canvas.scrollIntoViewIfNeeded();
      const { left, top, width, height } = await canvas.evaluate((canvas) => canvas.getBoundingClientRect());
      await page.mouse.click(left + ((near[0]!.x + 1) / 2) * width, top + ((1 - near[0]!.y) / 2) * height);
      const index = indexAt(shape, { plane: panel.plane, row: near[0]!.row, column: near[0]!.column });
      await page.locator(`[data-cell="${name} ${index.join(".")}"]`).waitFor();
      // The address follows after a rest: it would undo what the next one changes.
      await page.waitForFunction((cell) => location.hash.includes(`cell=${cell}`), index.join("."));
      const made = derivation(all, name, index);
      const taken = made.slice(1).map(({ tensor, index }) => `, taken from ${tensor}[${index.join(", ")}]`);
      const { formula, operands } = made.at(-1)!;
      const words = await page.locator(".space-cell").innerText();
      if (operands.length > 0) {
        expect(words).toBe(`${name}[${index.join(", ")}] = ${formula}${taken.join("")}`);
      }
    }
    expect(cells).toBeGreaterThanOrEqual(50);
    expect(Number(await canvas.getAttribute("data-calls"))).toBeLessThanOrEqual(4);
    await done();
    model.dispose();
  });

  test("a chosen tensor keeps its colours beside a chapter about others", async () => {
    const [model] = await models[0]![1]();
    const all = await captured(model);
    const name = "h.1.attn.weights";
    const panel = panelsOf(model, all.ids.length).find(({ box }) => box.name === name)!;
    const { rows, columns } = panel.box;
    const { page, done } = await open({ text, chapter: "5", tensor: name, cell: `0.0.${rows - 1}.0` });
    await page.locator('canvas[data-camera]:not([data-lines="0"])').waitFor();
    const camera = await page.locator(".space-picture canvas").getAttribute("data-camera");
    const matrix = camera!.split(" ").map(Number);
    // Where none of the lines to the first column comes by.
    const cells = [1, 2, 3].map((row) => ({ row, column: columns - 1 - row }));
    const places = cells.map(({ row, column }) => project(matrix, cellCentre(panel, row, column)));
    expect(places.every(({ x, y }) => Math.max(Math.abs(x), Math.abs(y)) < 1)).toBe(true);
    const { data } = all.tensors.get(name)!;
    const look = lookOf(all.descriptions.find((each) => each.name === name)!, data);
    const wanted = cells.map(({ row, column }) => colourOf(data[row * columns + column]!, look));
    const isNear = (drawn: readonly number[], i: number) =>
      wanted[i]!.every((part, at) => Math.abs(drawn[at]! - part) <= 2);
    await expect.poll(async () => (await pixels(page, places)).every(isNear)).toBe(true);
    await done();
    model.dispose();
  });

  test("the walk by keyboard alone, a link's tensor, and no picture without a cause", async () => {
    const { page, done } = await open({ text });
    const canvas = page.locator(".space-picture canvas");
    await canvas.focus();
    const title = page.locator(".space-walk h3");
    for (const [i, chapter] of CHAPTERS.entries()) {
      const marks = page.locator(".space-phases [aria-label^=Part]");
      await page.waitForFunction(
        (start) => document.querySelector(".space-walk h3")!.textContent!.startsWith(start),
        `${i + 1} of 9: ${chapter.title}, part 1 of `,
      );
      const phases = await marks.count();
      for (let phase = 1; phase <= phases; phase++) {
        await page.waitForFunction(
          (end) => document.querySelector(".space-walk h3")!.textContent!.endsWith(end),
          `part ${phase} of ${phases}`,
        );
        await page.keyboard.press("Space");
      }
    }
    const on = page.getByRole("button", { name: "On (Space)" });
    expect(await on.isDisabled()).toBe(true);
    const end = await title.innerText();
    await page.getByRole("button", { name: "Part 1 of" }).press("Enter");
    await page.keyboard.press("Backspace");
    await page.waitForFunction(() =>
      document.querySelector(".space-walk h3")!.textContent!.startsWith("8 of 9"),
    );
    await page.reload();
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    expect(await title.innerText()).toMatch(/^8 of 9: Block after block, part 3 of 3/);
    await page.goBack();
    await page.goBack();
    await page.waitForFunction((end) => document.querySelector(".space-walk h3")!.textContent === end, end);

    await page.getByRole("button", { name: "last norm", exact: true }).press("Enter");
    await page.locator('[data-cell^="ln_f "]').waitFor();
    await canvas.focus();
    await page.keyboard.press("ArrowRight");
    await page.locator('[data-cell$=".1"]').waitFor();
    expect(
      await page.getByRole("button", { name: "last norm", exact: true }).getAttribute("class"),
    ).toContain("lit");
    await page.keyboard.press("c");
    // The way there ends; afterwards nothing is drawn until something changes.
    await page.waitForFunction(async () => {
      const { dataset } = document.querySelector<HTMLElement>(".space-picture canvas")!;
      const before = dataset["frames"];
      await new Promise((resolve) => setTimeout(resolve, 400));
      return dataset["frames"] === before;
    });
    await done();
  });

  test("a lost graphics card comes back, and without WebGL2 a sentence and the tables stand there", async () => {
    const { page, done } = await open({ text, shape: "gpt2", layers: "3" });
    const middle = [{ x: 0, y: 0 }];
    await change(page, { tensor: "h.0.mlp.c_fc.weight", eye: "" });
    await page.locator('[data-cell^="h.0.mlp.c_fc.weight"]').waitFor();
    const panel = panelsOf({ ...presets.gpt2, nLayer: 3 }, 32).find(
      ({ box }) => box.name === "h.0.mlp.c_fc.weight",
    )!;
    const target = cellCentre(panel, 300, 1500);
    await change(page, { eye: [...target.map((x) => x.toFixed(3)), 0, 0, 60].join("_") });
    await page.waitForFunction(() => document.querySelector("canvas")!.dataset["frames"] !== "0");
    await expect.poll(async () => (await pixels(page, middle))[0]![3]).toBe(255);
    await page.locator(".space-picture canvas").evaluate(async (canvas) => {
      const gl = (canvas as HTMLCanvasElement).getContext("webgl2")!;
      const lost = gl.getExtension("WEBGL_lose_context")!;
      lost.loseContext();
      await new Promise((resolve) => setTimeout(resolve, 200));
      lost.restoreContext();
    });
    await expect.poll(async () => (await pixels(page, middle))[0]![3]).toBe(255);
    expect(await page.locator(".insight-warning").innerText()).toBe("");
    await done();

    const none = await open({ text }, undefined, (page) =>
      page.addInitScript(() => {
        const open = HTMLCanvasElement.prototype.getContext as (...args: unknown[]) => unknown;
        HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...args: unknown[]) {
          return args[0] === "webgl2" ? null : open.apply(this, args);
        } as typeof HTMLCanvasElement.prototype.getContext;
      }),
    );
    expect(await none.page.locator(".space-none").innerText()).toContain("draws nothing in space");
    await none.page.getByRole("combobox", { name: "Tensor", exact: true }).selectOption("h.1.attn.weights");
    await none.page.locator('[data-cell^="h.1.attn.weights"]').waitFor();
    expect(await none.page.locator(".space-cell").innerText()).toContain("exp");
    await none.done();
  });
});

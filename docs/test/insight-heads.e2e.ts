// Heads stand behind each other in 3D: which of them is seen, and which is picked.
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { colourOf } from "../insight/cells/canvas.js";
import { lookOf } from "../insight/engine/pooled.js";
import { cameraOf, facing } from "../insight/scene/camera.js";
import { bounds, cellCentre, type Panel } from "../insight/scene/layout.js";
import { project } from "../insight/scene/matrix.js";
import { type PickedCell, pick } from "../insight/scene/pick.js";
import { before, byTensor, growing } from "../insight/views/space/regions.js";
import { answered, openInsight, siteModel, workAt } from "./insight.js";
import { captured, llama, text } from "./insight-models.js";
import { panelsOf, pixels } from "./insight-space.js";

const site = openInsight();

test("what stands before cells is of their own tensors, and has none of them", () => {
  const planes = byTensor(panelsOf(llama, 6));
  const at = (tensor: string, plane: number): PickedCell => ({
    ...{ panel: planes.get(tensor)![plane]!, row: 1, column: 1 },
  });
  const open = (...cells: PickedCell[]) =>
    [...before(cells, planes)].map(({ box, plane }) => `${box.name} ${plane}`);
  expect(open(at("h.0.attn.scores", 0), at("embedding", 0))).toEqual([]);
  // Two heads of queries share the keys of one.
  expect(open(at("h.0.attn.scores", 2), at("h.0.attn.q", 2), at("h.0.attn.k", 1))).toEqual([
    ...["h.0.attn.scores 0", "h.0.attn.scores 1", "h.0.attn.q 0", "h.0.attn.q 1", "h.0.attn.k 0"],
  ]);
  expect(open(at("h.0.attn.v", 1), at("h.0.attn.v", 0))).toEqual([]);
});

test("each row of attention has one cell more: of every head it is framed", () => {
  const heads = byTensor(panelsOf(llama, 6)).get("h.0.attn.weights")!;
  const frames = growing(heads);
  expect(frames.length).toBe(heads.length * 6);
  for (const { top, left, rows, columns } of frames) expect([left, rows, columns]).toEqual([0, 1, top + 1]);
  expect(growing(byTensor(panelsOf(llama, 32)).get("h.0.attn.weights")!.slice(0, 1)).length).toBe(10);
});

const canvasOf = (page: Page) => page.locator(".space-picture canvas");

/** A place of the picture on the page. */
async function onPage(page: Page, { x, y }: { x: number; y: number }): Promise<[x: number, y: number]> {
  const { left, top, width, height } = await canvasOf(page).evaluate((canvas) =>
    canvas.getBoundingClientRect(),
  );
  return [left + ((x + 1) / 2) * width, top + ((1 - y) / 2) * height];
}

test("the chosen cell of a head behind others is seen and picked, and those before it come back", async () => {
  await useEngine("wasm", { threads: 1 });
  const { model } = await siteModel();
  const all = await captured(model);
  const name = "h.1.attn.weights";
  const heads = byTensor(panelsOf(model, all.ids.length)).get(name)!;
  model.dispose();
  const { data } = all.tensors.get(name)!;
  const look = lookOf(all.descriptions.find((each) => each.name === name)!, data);
  const cells = (panel: Panel, ...places: [row: number, column: number][]) =>
    places.map(([row, column]) => ({ panel, row, column }));
  const { low, high } = bounds(heads);
  const from = facing(low, high, 1.2);
  const written = [...from.target, from.yaw, from.pitch, from.distance].map((x) => Number(x.toFixed(3)));
  const state = { text, chapter: "5", tensor: name, cell: "0.2.7.3", eye: written.join("_") };
  await workAt(site, `#v1/space?${new URLSearchParams(state)}`, async (page) => {
    const open = (count: number) => page.locator(`canvas[data-open="${count}"]`).waitFor({ timeout: 60_000 });
    // Two heads before it, and two before each of the three that it is computed from.
    await open(8);
    // What is said of the cell changes the picture's size no more.
    await answered(page);
    const aspect = await canvasOf(page).evaluate((canvas) => canvas.clientWidth / canvas.clientHeight);
    const [x, y, z, yaw, pitch, distance] = written as [number, number, number, number, number, number];
    const camera = cameraOf({ target: [x, y, z], yaw, pitch, distance }, aspect);
    const eye = ({ panel, row, column }: PickedCell) =>
      project(camera.matrix, cellCentre(panel, row, column));
    const isShown = async (shown: readonly PickedCell[]) => {
      const wanted = shown.map(({ panel, row, column }) => {
        const { rows, columns } = panel.box;
        return colourOf(data[(panel.plane * rows + row) * columns + column]!, look);
      });
      const isNear = (drawn: readonly number[], i: number) =>
        wanted[i]!.every((part, at) => Math.abs(drawn[at]! - part) <= 2);
      await expect.poll(async () => (await pixels(page, shown.map(eye))).every(isNear)).toBe(true);
    };
    const picked = (cell: string) => page.locator(`[data-cell="${name} 0.${cell}"]`).waitFor();

    const [first, , third] = heads as [Panel, Panel, Panel, Panel];
    const seenAt = (cell: PickedCell, panels: readonly Panel[]) => {
      const { x, y } = eye(cell);
      return pick(panels, camera, x, y)?.panel;
    };
    // Where no line comes by.
    const hidden = cells(third, [7, 0], [7, 1], [6, 0], [6, 1], [5, 0]);
    for (const cell of hidden) expect(seenAt(cell, heads)).toBe(first);
    await isShown(hidden);
    // What is seen is picked.
    await page.mouse.click(...(await onPage(page, eye(hidden[3]!))));
    await picked("2.6.1");
    await open(8);

    // The first head comes back where nothing of the chosen one is behind it.
    const alone = cells(first, [7, 0], [6, 0], [5, 1]);
    for (const cell of alone) expect(seenAt(cell, [third])).toBeUndefined();
    await page.mouse.move(...(await onPage(page, eye(alone[1]!))));
    await picked("0.6.0");
    await open(0);
    await isShown([...alone.slice(0, 1), ...cells(first, [7, 1], [7, 2])]);

    // A head that the pointer passes is seen as it is; where it is chosen, it stands in front.
    const sliver = cells(third, [0, 7])[0]!;
    expect(seenAt(sliver, heads)).toBe(third);
    await page.mouse.move(...(await onPage(page, eye(sliver))));
    await picked("2.0.7");
    await open(6);
    await isShown(cells(first, [7, 1], [7, 2]));
    await page.mouse.down();
    await page.mouse.up();
    await open(8);
    await isShown(hidden);
    expect(Number(await canvasOf(page).getAttribute("data-calls"))).toBeLessThanOrEqual(4);
  });
});

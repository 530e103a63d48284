// Lines from operands to the cell that is computed from them, in 3D.
import { type GptConfig, presets } from "@llm/gpt";
import { explainCell } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import { beforeAll, expect, test } from "vitest";
import { cameraOf, facing } from "../insight/scene/camera.js";
import { type FlowLine, flowLines } from "../insight/scene/flow-lines.js";
import { bounds, bySection, cellCentre } from "../insight/scene/layout.js";
import { linesBetween, placeOn } from "../insight/scene/lines.js";
import { project } from "../insight/scene/matrix.js";
import { placeOf } from "../insight/scheme.js";
import { byTensor, placesOf } from "../insight/views/space/regions.js";
import { answered, openInsight, siteModel, workAt } from "./insight.js";
import { captured, llama, text } from "./insight-models.js";
import { change, panelsOf, pixels } from "./insight-space.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

/** A cell of the site's model, and the lines to it, as the packages have them. */
async function linesTo(tensor: string, index: readonly number[]) {
  const { model } = await siteModel();
  const all = await captured(model);
  const panels = panelsOf(model, all.ids.length);
  model.dispose();
  const planes = byTensor(panels);
  const { plane, row, column } = placeOf(planes.get(tensor)![0]!.box.shape, index);
  const cell = { panel: planes.get(tensor)![plane]!, row, column };
  const operands = placesOf(explainCell(all, tensor, index).operands, planes);
  return { cell, operands, panels, lines: linesBetween(operands, cell) };
}

test.each([
  ["h.0.attn.scores", [0, 1, 5, 2]],
  ["h.0.attn.weights", [0, 0, 6, 3]],
  ["h.1.mlp.c_fc", [0, 4, 17]],
  ["embedding", [0, 3, 9]],
] as const)(
  "%s: each line leaves an operand's cell and reaches the chosen one, few of many",
  async (tensor, index) => {
    const { cell, operands, lines } = await linesTo(tensor, index);
    expect(lines.length).toBeGreaterThan(0);
    const half = ({ panel }: typeof cell) => [
      panel.size[0] / panel.box.columns / 2,
      panel.size[1] / panel.box.rows / 2,
    ];
    const isAtEdge = (at: readonly number[], of: typeof cell) => {
      const middle = cellCentre(of.panel, of.row, of.column);
      const [x, y] = half(of).map((side, i) => Math.abs(at[i]! - middle[i]!) / side);
      return Math.abs(Math.max(x!, y!) - 1) < 1e-6;
    };
    for (const { from, to, look } of lines) {
      expect(isAtEdge(to, cell)).toBe(true);
      const own = operands.filter((operand) => isAtEdge(from, operand));
      expect(own.length).toBeGreaterThan(0);
      expect(own.some(({ panel }) => (panel.box.kind === "weight") === (look === "dashed"))).toBe(true);
    }
    // Every plane that is read has one, and none has too many.
    const read = new Map<unknown, number>();
    for (const { panel } of operands) read.set(panel, (read.get(panel) ?? 0) + 1);
    const wanted = [...read.values()].reduce((sum, count) => sum + Math.min(10, count), 0);
    expect(lines.length).toBe(wanted);
  },
);

test("a cell without operands has no line", async () => {
  expect((await linesTo("wte.weight", [3, 3])).lines).toEqual([]);
});

test("a chosen cell's lines are drawn where they are computed, in a call of their own, and go with the choice", async () => {
  const tensor = "h.0.attn.scores";
  const { cell, operands, lines } = await linesTo(tensor, [0, 0, 6, 2]);
  const { low, high } = bounds([cell.panel, ...operands.map(({ panel }) => panel)]);
  const eye = facing(low, high, 1.2);
  const written = [...eye.target, eye.yaw, eye.pitch, eye.distance].map((x) => Number(x.toFixed(3)));
  const state = { text, tensor, cell: "0.0.6.2", eye: written.join("_") };
  await workAt(site, `#v1/space?${new URLSearchParams(state)}`, async (page) => {
    const canvas = page.locator(".space-picture canvas");
    await page.locator(`canvas[data-lines="${lines.length}"]`).waitFor({ timeout: 60_000 });
    await expect.poll(() => canvas.getAttribute("data-calls")).toBe("4");
    await answered(page);
    const aspect = await canvas.evaluate((canvas) => canvas.clientWidth / canvas.clientHeight);
    const [x, y, z, yaw, pitch, distance] = written as [number, number, number, number, number, number];
    const { matrix } = cameraOf({ target: [x, y, z], yaw, pitch, distance }, aspect);
    // Solid ones; places in the middle of their way, where the heads of arrows are far.
    const places = lines
      .filter(({ look }) => look === "solid")
      .flatMap((line) => [0.3, 0.5, 0.7].map((share) => project(matrix, placeOn(line, share))));
    expect(places.length).toBeGreaterThan(20);
    const accent = (colour: readonly number[]) =>
      [190, 20, 110].every((part, i) => Math.abs(part - colour[i]!) <= 2);
    await expect
      .poll(async () => (await pixels(page, places)).filter(accent).length / places.length)
      .toBeGreaterThan(0.9);
    // The chosen cell's own colour stays to be seen.
    const own = project(matrix, cellCentre(cell.panel, cell.row, cell.column));
    expect((await pixels(page, [own])).filter(accent)).toEqual([]);
    // In words, too, and by form: dashed and solid.
    const legend = page.locator(".space-legend");
    expect(await legend.innerText()).toContain("dashed");
    await change(page, { tensor: "", cell: "" });
    await page.locator('canvas[data-lines="0"]').waitFor();
    await legend.waitFor({ state: "hidden" });
  });
});

const blocks = (nLayer: number): GptConfig => ({ ...presets.gpt2, nLayer });

test.each([
  ["7 blocks", blocks(7)],
  ["9 blocks", blocks(9)],
  ["12 blocks", blocks(12)],
  ["a Llama of 12", { ...llama, nLayer: 12 }],
  ["a stream that is mixed with its beginning", { ...llama, nLayer: 12, residualScalars: true }],
] as [string, GptConfig][])(
  "%s: no two tensors share a piece of their ways to other columns",
  (_, config) => {
    const panels = panelsOf(config, 8);
    const lines = flowLines(panels).filter(({ look }) => look === "piece");
    const sections = new Set(panels.map(({ section }) => section));
    expect(new Set(lines.map(({ source }) => source)).size).toBeGreaterThanOrEqual(sections.size - 1);
    const overlap = (a: FlowLine, b: FlowLine, along: 0 | 1) => {
      const across = 1 - along;
      const isStraight = [a, b].every(({ from, to }) => Math.abs(from[across]! - to[across]!) < 1e-6);
      if (!isStraight || Math.abs(a.from[across]! - b.from[across]!) > 1) return 0;
      const ends = ({ from, to }: FlowLine) => [from[along], to[along]].sort((one, other) => one - other);
      const [[low, high], [start, end]] = [ends(a), ends(b)] as [[number, number], [number, number]];
      return Math.min(high, end) - Math.max(low, start);
    };
    const shared = lines.flatMap((a, i) =>
      lines
        .slice(i + 1)
        .filter((b) => a.source !== b.source && Math.max(overlap(a, b, 0), overlap(a, b, 1)) > 1)
        .map((b) => `${a.source} ${b.source}`),
    );
    expect(shared).toEqual([]);
    // None runs through a column.
    const columns = [...bySection(panels).values()].map(bounds);
    const inside = lines.filter(
      ({ from, to, look }) =>
        look === "piece" &&
        Math.abs(from[1] - to[1]) < 1e-6 &&
        columns.some(
          ({ low, high }) =>
            from[1] > low[1] &&
            from[1] < high[1] &&
            Math.min(from[0], to[0]) < low[0] &&
            Math.max(from[0], to[0]) > high[0],
        ),
    );
    expect(inside).toEqual([]);
  },
);

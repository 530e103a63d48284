// How the whole of a network fills the picture in 3D, where names stand in it, and how much room is left for it.
import { type GptConfig, presets } from "@llm/gpt";
import { describe } from "@llm/gpt/inspect";
import { expect, test } from "vitest";
import { labelOf } from "../insight/flow/operations.js";
import { type Camera, cameraOf } from "../insight/scene/camera.js";
import { bySection, cellCentre, type Panel } from "../insight/scene/layout.js";
import { project } from "../insight/scene/matrix.js";
import { blockTitles, namesOf } from "../insight/views/space/labels.js";
import { overview } from "../insight/views/space/overview.js";
import { partOf, partsOf } from "../insight/views/space/parts.js";
import type { Rect, Size } from "../insight/views/space/pixels.js";
import { namesFrom, placeNames } from "../insight/views/space/placing.js";
import { byTensor } from "../insight/views/space/regions.js";
import { tokensSeen } from "../insight/views/space/token-places.js";
import { tokensOf } from "../insight/views/space/token-words.js";
import { openInsight, workAt } from "./insight.js";
import { llama } from "./insight-models.js";
import { change, panelsOf } from "./insight-space.js";

const site = openInsight();

/** The picture on a desk and on a phone. */
const DESK = { width: 926, height: 670 };
const PHONE = { width: 372, height: 380 };

const gpt2 = (nLayer: number): GptConfig => ({ ...presets.gpt2, nLayer });

const cameraAt = (panels: readonly Panel[], size: Size) =>
  cameraOf(overview(panels, size), size.width / size.height);

/** What panels take of the picture, in pixels. */
function rectOf(panels: readonly Panel[], { matrix }: Camera, { width, height }: Size): Rect {
  const rect = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { at, size } of panels) {
    for (const x of [at[0], at[0] + size[0]]) {
      for (const y of [at[1], at[1] - size[1]]) {
        const place = project(matrix, [x, y, at[2]]);
        const [right, down] = [((place.x + 1) / 2) * width, ((1 - place.y) / 2) * height];
        rect.left = Math.min(rect.left, right);
        rect.right = Math.max(rect.right, right);
        rect.top = Math.min(rect.top, down);
        rect.bottom = Math.max(rect.bottom, down);
      }
    }
  }
  return rect;
}

const isOn = (a: Rect, b: Rect) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

test.each([
  ...[2, 3, 12, 48, 96].map((layers) => [layers, 0.65, 0.45] as const),
  ...[1, 4, 5, 6, 7, 8, 9, 10, 11, 22].map((layers) => [layers, 0.4, 0.28] as const),
])("%s layers at the start fill %s of the picture, and of a phone's %s", (layers, desk, phone) => {
  const panels = panelsOf(gpt2(layers), 32);
  for (const [size, least] of [
    [DESK, desk],
    [PHONE, phone],
  ] as const) {
    const { left, top, right, bottom } = rectOf(panels, cameraAt(panels, size), size);
    expect(Math.min(left, top, size.width - right, size.height - bottom)).toBeGreaterThan(0);
    expect(((right - left) * (bottom - top)) / (size.width * size.height)).toBeGreaterThan(least);
  }
});

test("layers stand in rows of their order, one below the other, and none on another", () => {
  const columns = [...bySection(panelsOf(presets.gpt2, 32))].map(([name, own]) => ({
    name,
    rect: rectOf(own, { matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } as never, DESK),
  }));
  for (const [i, { name, rect }] of columns.entries()) {
    const next = columns[i + 1]?.rect;
    if (next) expect(next.left > rect.right || next.top > rect.bottom, name).toBe(true);
    expect(columns.filter((other) => other.rect !== rect && isOn(rect, other.rect))).toEqual([]);
  }
});

test.each([
  ["GPT-2", gpt2(3)],
  ["a Llama", llama],
])("%s: names are words, none on another, and none on a tensor that leaves room", (_, config) => {
  for (const { name } of describe(config, { detail: true }))
    expect(labelOf(name)).toMatch(/^[a-z1₁₂/', ]+$/i);
  const panels = panelsOf(config, 8);
  const tensors = [...byTensor(panels).values()];
  const views = [
    panels,
    ...["h.0", "h.0.attn", "h.1.mlp"].map((start) => panels.filter(({ box }) => box.name.startsWith(start))),
  ];
  let count = 0;
  for (const size of [DESK, PHONE]) {
    for (const seen of views) {
      const camera = cameraAt(seen, size);
      const { words } = placeNames(namesFrom([...blockTitles(panels), ...namesOf(panels)]), camera, size);
      expect(words.filter((word) => words.some((other) => other !== word && isOn(word, other)))).toEqual([]);
      const small = tensors
        .map((planes) => ({ name: planes[0]!.box.name, ...rectOf(planes, camera, size) }))
        .filter(
          ({ left, top, right, bottom }) => right - left < size.width / 2 && bottom - top < size.height / 2,
        );
      const names = words.filter(({ words }) => !words.startsWith("Block"));
      const covered = names.flatMap((name) => small.filter((tensor) => isOn(name, tensor)));
      expect(covered).toEqual([]);
      count += names.length;
    }
  }
  expect(count).toBeGreaterThan(20);
});

test.each([
  ["GPT-2", gpt2(3)],
  ["a Llama", llama],
])("%s: each token stands at its cell, row or column, as far as the axes count the text", (_, config) => {
  const text = ["A", "B", "C", "D", "E", "F"];
  const texts = { text, vocabulary: [] };
  const panels = panelsOf(config, text.length);
  const ways = (name: string) =>
    tokensOf(panels, texts).flatMap(({ planes: [first], along }) =>
      first!.box.name === name ? [along] : [],
    );
  expect(ways("ids")).toEqual(["columns"]);
  for (const name of ["scores", "masked", "weights"]) {
    expect(ways(`h.0.attn.${name}`)).toEqual(["rows", "columns"]);
  }
  expect(ways("embedding")).toEqual(["rows"]);
  expect(ways("wpe.weight")).toEqual([]);
  for (const size of [DESK, PHONE]) {
    for (const [name, axes] of [
      ["ids", ["columns"]],
      ["h.0.attn.scores", ["rows", "columns"]],
    ] as const) {
      const planes = panels.filter(({ box }) => box.name === name);
      const camera = cameraAt(planes, size);
      const words = tokensSeen(tokensOf(planes, texts), camera, size);
      for (const along of axes) {
        const own = words.filter(({ look }) => (look === "row") === (along === "rows"));
        expect(own.map(({ words }) => words)).toEqual(text);
        const places = own.map(({ left, right, top, bottom }) =>
          along === "rows" ? top + bottom : left + right,
        );
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
      expect(words.filter(({ left, right }) => left < 0 || right > size.width)).toEqual([]);
      // Names give way to them.
      const { words: names } = placeNames(namesFrom(namesOf(planes)), camera, size, words);
      expect(names.filter((one) => words.some((other) => isOn(one, other)))).toEqual([]);
    }
  }
});

/** Three small layers, as those of the sorter. */
const small: GptConfig = { ...gpt2(3), nEmbd: 48, nHead: 3, vocabSize: 3, blockSize: 11, endOfText: 2 };

/** What stands at the tensors of a name, seen as a whole; or nearer to one of them, a little aside from its middle. */
function tokensAt(
  panels: readonly Panel[],
  name: string,
  texts: Parameters<typeof tokensOf>[1],
  read: Parameters<typeof tokensOf>[2],
  size: Size,
  near?: { row: number; column: number; distance: number },
) {
  const planes = panels.filter(({ box }) => box.name === name);
  const from = overview(planes, size);
  const pose = near
    ? { ...from, target: cellCentre(planes[0]!, near.row, near.column), distance: near.distance }
    : from;
  const camera = cameraOf(pose, size.width / size.height);
  const seen = tokensSeen(tokensOf(planes, texts, read, panels), camera, size);
  const placeOf = (row: number, column: number) => {
    const { x, y } = project(camera.matrix, cellCentre(planes[0]!, row, column));
    return { x: ((x + 1) / 2) * size.width, y: ((1 - y) / 2) * size.height };
  };
  return { seen, placeOf, planes };
}

test("what counts the vocabulary has its tokens: the columns of logits and probabilities, the rows of tables", () => {
  const texts = { text: [..."CBABBC"], vocabulary: [..."ABC"] };
  const read = { ids: [2, 1, 0, 1, 1, 2], best: [0, 2, 1] };
  const panels = panelsOf(small, 6);
  for (const size of [DESK, PHONE]) {
    for (const name of ["logits", "probabilities"]) {
      const { seen, placeOf } = tokensAt(panels, name, texts, read, size);
      const columns = seen.filter(({ look }) => look === "column");
      expect(columns.map(({ words }) => words)).toEqual(texts.vocabulary);
      for (const [i, { left, right, top }] of columns.entries()) {
        const last = placeOf(5, i);
        expect(Math.abs((left + right) / 2 - last.x), name).toBeLessThan(6);
        expect(top).toBeGreaterThan(last.y);
      }
      expect(seen.filter(({ look }) => look === "row").map(({ words }) => words)).toEqual(texts.text);
    }
    const { seen } = tokensAt(panels, "wte.weight", texts, read, size);
    expect(seen.map(({ words, look }) => [look, words])).toEqual(
      texts.vocabulary.map((word) => ["row", word]),
    );
    expect(tokensAt(panels, "wpe.weight", texts, read, size).seen).toEqual([]);
  }
});

test("of 512 tokens the most probable ones have words, and from near all that are in the picture", () => {
  const vocabulary = Array.from({ length: 512 }, (_, id) => `t${id}`);
  const texts = { text: [..."ABCDEF"], vocabulary };
  const read = { ids: [7, 300, 7, 301, 40, 9], best: [400, 10, 401, 200] };
  const panels = panelsOf(llama, 6);
  const whole = tokensAt(panels, "probabilities", texts, read, DESK);
  const named = whole.seen.flatMap(({ words }) => (words.startsWith("t") ? [Number(words.slice(1))] : []));
  // Two that stand side by side have no room: the better one has it.
  expect(named).toEqual([10, 200, 400]);
  const rows = tokensAt(panels, "wte.weight", texts, read, DESK).seen;
  expect(rows.map(({ words }) => words)).toEqual(["t7", "t9", "t40", "t300", "t301"]);
  for (const size of [DESK, PHONE]) {
    const near = { row: 5, column: 300, distance: size === DESK ? 30 : 16 };
    const { seen, placeOf } = tokensAt(panels, "probabilities", texts, read, size, near);
    const columns = seen.filter(({ look }) => look !== "row").map(({ words }) => Number(words.slice(1)));
    // At the lower edge.
    const isIn = (id: number) => placeOf(5.5, id).x >= 0 && placeOf(5.5, id).x <= size.width;
    const inPicture = vocabulary.flatMap((_, id) => (isIn(id) ? [id] : []));
    expect(inPicture.length).toBeGreaterThan(10);
    expect(inPicture.length).toBeLessThan(80);
    expect(columns).toEqual(inPicture);
  }
});

test("words at columns are turned only where one would stand on another", () => {
  const panels = panelsOf(llama, 6);
  const looks = (text: string[]) =>
    tokensAt(panels, "h.0.attn.scores", { text, vocabulary: [] }, undefined, PHONE).seen.flatMap(
      ({ look }) => (look === "row" ? [] : [look]),
    );
  // A long word may reach over its column where short ones stand beside it.
  expect(new Set(looks(["T", "he", "model", "is", "so", "on"]))).toEqual(new Set(["column"]));
  expect(new Set(looks(["T", "he", "model", "trains", "so", "on"]))).toEqual(new Set(["down"]));
});

test.each([
  ["three small layers", small],
  ["GPT-2", gpt2(3)],
])("%s on a phone: attention and MLP are named", (_, config) => {
  for (const size of [PHONE, { width: 340, height: 378 }]) {
    const panels = panelsOf(config, Math.min(32, config.blockSize));
    const named = namesFrom([...blockTitles(panels), ...partsOf(panels), ...namesOf(panels)]);
    const words = placeNames(named, cameraAt(panels, size), size).words.map(({ words }) => words);
    expect(words).toContain("attention");
    expect(words).toContain("MLP");
  }
});

test.each([
  ["three small layers", small],
  ["GPT-2", gpt2(12)],
  ["a Llama", { ...llama, nLayer: 4 }],
])(
  "%s seen as a whole: each part is named once, in its own column, and on a desk on no tensor",
  (_, config) => {
    const panels = panelsOf(config, 6);
    for (const size of [DESK, PHONE]) {
      const camera = cameraAt(panels, size);
      // What is narrower is hardly seen.
      const tensors = [...byTensor(panels).values()].filter((planes) => {
        const { left, right } = rectOf(planes.slice(0, 1), camera, size);
        return right - left > 4;
      });
      const named = namesFrom([...blockTitles(panels), ...partsOf(panels), ...namesOf(panels)]);
      const { words } = placeNames(named, camera, size);
      const parts = words.filter((name) => ["embedding", "attention", "MLP", "output"].includes(name.words));
      if (size === DESK)
        expect(parts.map(({ words }) => words)).toEqual(["embedding", "attention", "MLP", "output"]);
      expect(new Set(parts.map(({ words }) => words)).size).toBe(parts.length);
      for (const part of parts) {
        const section = { embedding: "before", output: "after" }[part.words] ?? "h.0";
        const own = rectOf(
          panels.filter((panel) => panel.section === section && partOf(panel) === part.words),
          camera,
          size,
        );
        expect(isOn(part, { ...own, top: own.top - 18, bottom: own.bottom + 18 }), part.words).toBe(true);
        const covered = tensors.filter((planes) => isOn(part, rectOf(planes, camera, size)));
        // Where a phone leaves no room, it stands on its own part.
        expect(covered.filter(([own]) => size === DESK || partOf(own!) !== part.words)).toEqual([]);
      }
      expect(words.filter((word) => words.some((other) => other !== word && isOn(word, other)))).toEqual([]);
    }
  },
);

test.each([
  [12, DESK],
  [48, DESK],
  [96, DESK],
  [96, PHONE],
])("of %s layers, in the same distances, as many are named as have room", (layers, size) => {
  const panels = panelsOf(gpt2(layers), 32);
  const { words } = placeNames(namesFrom(blockTitles(panels)), cameraAt(panels, size), size);
  const named = words.map(({ words }) => Number(/^Block (\d+)$/.exec(words)![1]));
  const step = named[1]! - named[0]!;
  expect(named).toEqual(Array.from({ length: Math.ceil(layers / step) }, (_, i) => i * step));
  expect(step).toBeLessThanOrEqual(size === DESK ? 4 : 8);
  expect(words.filter((word) => words.some((other) => other !== word && isOn(word, other)))).toEqual([]);
});

test("what is chosen above the picture takes two lines, and three on a phone", async () => {
  await workAt(site, "#v1/space", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    for (const [width, most] of [
      [1280, 2],
      [390, 3],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      const lines = await page.locator(".space-bar").evaluate((bar) => {
        const middles = [...bar.querySelectorAll("select, input")]
          .filter((control) => control.checkVisibility())
          .map((control) => control.getBoundingClientRect())
          .map(({ top, height }) => top + height / 2);
        return middles.sort((a, b) => a - b).filter((y, i) => i === 0 || y - middles[i - 1]! > 14).length;
      });
      expect(lines).toBeLessThanOrEqual(most);
    }
  });
});

test("a cell that is out of the picture has no lines, and has them again where it is seen", async () => {
  const at = (phase: number) => ({ chapter: "2", phase: `${phase}`, flow: "1", eye: "" });
  await workAt(site, "#v1/space?model=sorter&text=C+B+A+B+B+C&chapter=2&phase=2&flow=1", async (page) => {
    // What the first step makes stands beside the table that is read about.
    await page.locator('[data-cell^="embedding.token"] canvas[data-lines="0"]').waitFor({ timeout: 60_000 });
    await change(page, at(1));
    // From the table to each of six tokens.
    await page.locator('canvas[data-lines="6"]').waitFor({ timeout: 60_000 });
    await change(page, at(2));
    await page.locator('canvas[data-lines="0"]').waitFor({ timeout: 60_000 });
  });
});

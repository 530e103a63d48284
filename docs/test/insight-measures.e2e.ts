// Measures at the edges of tensors in 3D: their letters, where they stand, and that they say what the table says.

import { completeConfig, type GptConfig } from "@llm/gpt";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { cameraOf, facing } from "../insight/scene/camera.js";
import { bounds, type Panel } from "../insight/scene/layout.js";
import { meet, ofRect } from "../insight/views/space/convex.js";
import { dimensionsOf } from "../insight/views/space/dimensions.js";
import { measuresSeen, spotOf, throughoutOf } from "../insight/views/space/measure-places.js";
import { measuredOf } from "../insight/views/space/measured.js";
import { byTensor } from "../insight/views/space/regions.js";
import { openInsight, workAt } from "./insight.js";
import { llama } from "./insight-models.js";
import { change, panelsOf } from "./insight-space.js";

const site = openInsight();

const SIZE = { width: 926, height: 610 };
const POSITIONS = 8;
/** No two lengths are equal, so that each says what it counts. */
const plain: GptConfig = { vocabSize: 97, blockSize: 31, nLayer: 1, nHead: 4, nEmbd: 24 };
const configs: GptConfig[] = [
  plain,
  {
    ...{ ...plain, nKvHead: 2, headDim: 10, norm: "rms", mlp: { kind: "gated", width: 40 }, tied: false },
    ...{ activation: "silu", position: "rope", qkNorm: "before-rope", postNorm: true, bias: { head: true } },
  },
  {
    ...{ ...plain, nKvHead: 2, valueEmbeddings: true, residualScalars: true, softcap: 15, tied: false },
    ...{
      position: "rope",
      qkNorm: "after-rope",
      attentionSoftcap: 20,
      embeddingNorm: true,
      embeddingScale: 2,
    },
  },
];

test("each letter is the network's number of what it stands for", () => {
  const wrong: string[] = [];
  for (const config of configs) {
    const { nHead, nKvHead, headDim, nEmbd, vocabSize, blockSize, mlp } = completeConfig(config);
    const numbers: Record<string, number> = {
      ...{ T: POSITIONS, N: blockSize, V: vocabSize, C: nEmbd },
      ...{ H: nHead, K: nKvHead, D: headDim, M: mlp.width },
    };
    const numberOf = (letter: string): number =>
      letter
        .replace(/[()]/g, "")
        .split("·")
        .map((sum) => sum.split("+").reduce((all, each) => all + termOf(each), 0))
        .reduce((all, each) => all * each, 1);
    const termOf = (term: string) => {
      const [, times, of] = /^(\d*)([A-Z]?)$/.exec(term)!;
      return Number(times || 1) * (of ? numbers[of]! : 1);
    };
    const planes = byTensor(panelsOf(config, POSITIONS));
    const shapes = new Map([...planes].map(([name, [first]]) => [name, first!.box.shape]));
    for (const [name, shape] of shapes) {
      for (const [i, dimension] of dimensionsOf({ name, shape }, shapes).entries()) {
        const { letter = "1" } = dimension ?? {};
        // Angles have columns of their own, and a gate of values reads the first channels.
        if (!dimension && /\.rope$|value_gate\.weight$/.test(name)) continue;
        if (numberOf(letter) !== shape[i]) wrong.push(`${name} ${letter} ${shape[i]}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

const models: [string, readonly Panel[]][] = [
  ["a small GPT-2", panelsOf({ vocabSize: 512, blockSize: 64, nLayer: 2, nHead: 4, nEmbd: 64 }, POSITIONS)],
  ["a Llama", panelsOf(llama, POSITIONS)],
  ["nano-GPT", panelsOf({ vocabSize: 3, blockSize: 11, nLayer: 3, nHead: 3, nEmbd: 48 }, 6)],
];

test.each(models)("%s: measures stand on no cells, on nothing taken, and not on each other", (_, panels) => {
  const planes = byTensor(panels);
  const shapes = new Map([...planes].map(([name, [first]]) => [name, first!.box.shape]));
  let count = 0;
  for (const names of [
    ["wte.weight", "embedding", "ids"],
    ["h.0.ln_1", "h.0.attn.c_attn.weight", "h.0.attn.c_attn"],
    ["h.0.attn.q", "h.0.attn.k", "h.0.attn.v", "h.0.attn.scores"],
    ["h.0.mlp.c_fc", "h.0.mlp.c_proj", "h.0.mlp.c_proj.weight"],
  ]) {
    const read = names.map((name) => planes.get(name)!);
    const measured = measuredOf(read, ({ box }) => dimensionsOf(box, shapes));
    const { low, high } = bounds(read.flat());
    for (const yaw of [-0.7, 0.1, 0.35, 0.8]) {
      const camera = cameraOf(
        facing(low, high, SIZE.width / SIZE.height, { yaw, pitch: 0.2 }),
        SIZE.width / SIZE.height,
      );
      const taken = { left: 300, top: 200, right: 420, bottom: 216 };
      const seen = measuresSeen(measured, [...planes.values()], camera, SIZE, [taken]);
      expect(seen.length).toBeLessThanOrEqual(8);
      count += seen.length;
      const spots = seen.map(spotOf);
      const cells = read.map((own) => throughoutOf(own, camera, SIZE)!);
      for (const [i, spot] of spots.entries()) {
        const others = [...cells, ofRect(taken), ...spots.flatMap((other, j) => (i === j ? [] : other))];
        expect(spot.some((own) => others.some((other) => meet(own, other)))).toBe(false);
      }
    }
  }
  expect(count).toBeGreaterThan(30);
});

/** What is measured, what the table says of it, and measures that stand on other words: read at once. */
const measuresOn = (page: Page) =>
  page.evaluate(() => {
    const shown = [...document.querySelectorAll<SVGGElement>(".space-measures g")].filter(
      ({ style }) => style.display !== "none",
    );
    const table = [...document.querySelectorAll("details")].find((each) =>
      each.textContent!.includes("every tensor"),
    )!;
    table.open = true;
    const axes = new Map(
      [...table.querySelectorAll("tr")].map(({ cells }) => [cells[0]!.textContent, cells[3]!.textContent!]),
    );
    const words = [
      ...document.querySelectorAll<HTMLElement>(
        ".space-labels span, .space-elsewhere button, .space-hint, .space-strip, .space-key",
      ),
    ]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }))
      .map((each) => each.getBoundingClientRect());
    return shown.map((measure) => {
      const text = measure.querySelector("text")!;
      const [letter, extent] = text.textContent!.split(" ");
      const own = text.getBoundingClientRect();
      return {
        letter: letter!,
        extent: extent!,
        colour: getComputedStyle(text).fill,
        axes: axes.get(measure.dataset["tensor"]!) ?? "",
        isOnWords: words.some(
          ({ left, right, top, bottom }) =>
            left + 2 < own.right && own.left + 2 < right && top + 3 < own.bottom && own.top + 3 < bottom,
        ),
      };
    });
  });

const isSaid = ({ letter, extent, axes }: { letter: string; extent: string; axes: string }) =>
  axes.split(" × ").some((axis) => axis.startsWith(`${extent} `) && axis.endsWith(`(${letter})`));

test("of a base, a Llama and the sorter, measures say what the table says, each letter in one colour", async () => {
  await workAt(site, "#v1/space?chapter=4&phase=2", async (page) => {
    await page.getByText("every tensor").click();
    const colours = new Map<string, string>();
    // Each has a letter that none before it has.
    const parts: [own: string, fields: Record<string, string>][] = [
      ["3·H·D", { chapter: "4", phase: "2" }],
      ["4C", { chapter: "7", phase: "2" }],
      ["2M", { shape: "llama", layers: "2" }],
      ["H", { shape: "model", model: "sorter", chapter: "5", phase: "6", text: "CBABBC" }],
    ];
    for (const [own, fields] of parts) {
      await page.locator(".space-measures g").first().waitFor({ timeout: 60_000 });
      await change(page, fields);
      // Until the network that is asked for is drawn, measures are those of the one before.
      let seen: Awaited<ReturnType<typeof measuresOn>> = [];
      await expect
        .poll(
          async () => {
            seen = await measuresOn(page);
            return (
              seen.some(({ letter }) => letter === own) &&
              seen.filter((each) => !isSaid(each) || each.isOnWords)
            );
          },
          { timeout: 60_000 },
        )
        .toEqual([]);
      for (const { letter, colour } of seen) {
        expect(colours.get(letter) ?? colour).toBe(colour);
        colours.set(letter, colour);
      }
    }
  });
});

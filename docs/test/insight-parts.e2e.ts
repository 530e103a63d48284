// What each part of the walk in 3D shows: never the same as the part before.
import { type GptConfig, presets } from "@llm/gpt";
import { describe as describeModel } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import { beforeAll, expect, test } from "vitest";
import { labelOf, operationsOf } from "../insight/flow/operations.js";
import { cameraOf } from "../insight/scene/camera.js";
import type { Panel } from "../insight/scene/layout.js";
import { project } from "../insight/scene/matrix.js";
import { isAbout } from "../insight/views/space/chapter.js";
import { markersOf } from "../insight/views/space/elsewhere.js";
import { strongest } from "../insight/views/space/example.js";
import { blockTitles, namesOf } from "../insight/views/space/labels.js";
import { overview } from "../insight/views/space/overview.js";
import { partsOf } from "../insight/views/space/parts.js";
import { type Spot, Walk, wordsOf } from "../insight/views/space/phases.js";
import { around, cornersOf, isInside, isOn, pixels } from "../insight/views/space/pixels.js";
import { namesFrom, placeNames } from "../insight/views/space/placing.js";
import { byTensor, near } from "../insight/views/space/regions.js";
import { CHAPTERS } from "../insight/views/space/walk.js";
import { openInsight, siteModel, workAt } from "./insight.js";
import { llama } from "./insight-models.js";
import { change, panelsOf } from "./insight-space.js";

const site = openInsight();

beforeAll(async () => {
  await useEngine("wasm", { threads: 1 });
});

function walkOf(config: GptConfig, layers?: number) {
  const panels = panelsOf(config, 8);
  const shapes = new Map(panels.map(({ box }) => [box.name, box.shape]));
  const walk = new Walk(
    { shapes, layers, isSorter: config === nano },
    operationsOf(describeModel(config, { detail: true })),
  );
  return { walk, tensors: [...shapes.keys()] };
}

/** From the first part to the last. */
function spotsOf(walk: Walk): Spot[] {
  const spots: Spot[] = [];
  for (let at: Spot | undefined = { chapter: 1, phase: 1 }; at; at = walk.from(at, 1)) spots.push(at);
  return spots;
}

const nano: GptConfig = { vocabSize: 3, blockSize: 11, nLayer: 3, nHead: 3, nEmbd: 48 };
const small = { vocabSize: 50, blockSize: 16, nLayer: 2, nHead: 4, nEmbd: 16, position: "rope" } as const;
const gemma: GptConfig = {
  ...{ ...small, nKvHead: 1, postNorm: true, softcap: 3, attentionSoftcap: 2, windows: [3, 0] },
  ...{ norm: "rms", bias: false, mlp: { kind: "gated", width: 24 }, activation: "gelu" },
};

test.each<[string, GptConfig, number?]>([
  ["a GPT-2", { ...presets.gpt2, nLayer: 2 }],
  ["a GPT-2's shape", { ...presets.gpt2, nLayer: 3 }, 12],
  ["a GPT-2's shape of one block", { ...presets.gpt2, nLayer: 1 }, 12],
  ["the sorter", nano],
  ["the sorter's shape", nano, 3],
  ["a Llama", llama],
  ["a Gemma 2", gemma],
  ["a parallel block", { ...small, parallel: true }],
  [
    "one block of one head, without biases",
    { ...small, position: "learned", nLayer: 1, nHead: 1, bias: false },
  ],
  ["norms without weights", { ...small, norm: "rms", normWeight: false, embeddingNorm: true, bias: false }],
  ["value embeddings", { ...small, valueEmbeddings: [false, true], residualScalars: true }],
])(
  "%s: each part stands out otherwise than the one before, and there is always something",
  (_, config, layers) => {
    const { walk, tensors } = walkOf(config, layers);
    const shown = spotsOf(walk).map((spot) => {
      const phase = walk.at(spot);
      const strong = tensors.filter((name) => isAbout(phase, name));
      expect(strong.length, wordsOf(phase)).toBeGreaterThan(0);
      // Nothing is spoken of that this network has not.
      for (const { words, tensors } of phase.pieces) expect(tensors?.length, words).not.toBe(0);
      expect(wordsOf(phase)).not.toMatch(/\b1 (block|head|token|time)s\b/);
      return { words: wordsOf(phase), look: `${phase.row ?? ""} ${strong.join()}` };
    });
    expect(shown.filter(({ look }, i) => look === shown[i - 1]?.look).map(({ words }) => words)).toEqual([]);
  },
);

test("no part of the walk has the picture of the one before, and where a row is spoken of it is framed", async () => {
  const { model } = await siteModel();
  const { walk } = walkOf(model.config);
  model.dispose();
  await workAt(site, "", async (page) => {
    // Without motion a part stands there whole at once.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${site.url}insight/#v1/space`);
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const pictures: string[] = [];
    for (const { chapter, phase } of spotsOf(walk)) {
      await change(page, { chapter: `${chapter}`, phase: `${phase}` });
      await page.locator(`.space-phases > .now > [aria-label^="Part ${phase} of"]`).waitFor();
      await page.locator(".space-walk h3").getByText(`${chapter} of 9`).waitFor();
      const picture = await page.evaluate(
        () =>
          new Promise<string>((done) =>
            // What has changed is drawn with the next picture.
            requestAnimationFrame(() =>
              requestAnimationFrame(() =>
                done(document.querySelector<HTMLCanvasElement>(".space-picture canvas")!.toDataURL()),
              ),
            ),
          ),
      );
      expect(picture === pictures.at(-1), `${chapter}.${phase} looks like the part before`).toBe(false);
      pictures.push(picture);
    }
    expect(pictures.length).toBeGreaterThan(30);
  });
});

test.each<[string, GptConfig]>([
  ["the base", { ...small, nEmbd: 64, vocabSize: 512, position: "learned" }],
  ["the sorter", nano],
  ["a Llama", llama],
])(
  "%s: what a part is about has its name, where it is large enough and there are not too many",
  (_, config) => {
    const panels = panelsOf(config, 8);
    const named = namesFrom([...blockTitles(panels), ...partsOf(panels), ...namesOf(panels)]);
    const size = { width: 926, height: 588 };
    let count = 0;
    const { walk } = walkOf(config);
    for (const spot of spotsOf(walk)) {
      const own = near(panels.filter(({ box }) => isAbout(walk.at(spot), box.name)));
      const camera = cameraOf(overview(own, size), size.width / size.height);
      const large = own.filter(({ plane, at, size: extent }) => {
        const { left, right, top, bottom } = around(pixels(cornersOf(at, extent), camera, size)!);
        return plane === 0 && right - left >= 60 && bottom - top >= 16;
      });
      const tensors = new Set(own.map(({ box }) => box.name));
      if (walk.at(spot).about.length === 0 || tensors.size > 12) continue;
      const { words } = placeNames(named, camera, size, [], tensors);
      const names = words.map(({ words }) => words.replace(/( \d+)?( × \d+)*$/, ""));
      expect(names, `${spot.chapter}.${spot.phase}`).toEqual(
        expect.arrayContaining(large.map(({ box }) => labelOf(box.name))),
      );
      expect(words.filter((word) => words.some((other) => other !== word && isOn(word, other)))).toEqual([]);
      count += large.length;
    }
    expect(count).toBeGreaterThan(40);
  },
);

test.each<[string, GptConfig]>([
  ["a GPT-2", { ...presets.gpt2, nLayer: 3 }],
  ["a Llama", llama],
  ["a Gemma 2", gemma],
])("%s: what an operation reads is in the picture, or is named at its edge", (_, config) => {
  const panels = panelsOf(config, 8);
  const planes = byTensor(panels);
  for (const size of [
    { width: 900, height: 600 },
    { width: 340, height: 380 },
  ]) {
    for (const { output, operands } of operationsOf(describeModel(config, { detail: true }))) {
      const outputs = planes.get(output)!;
      const camera = cameraOf(overview(outputs, size), size.width / size.height);
      const read = operands.flatMap((tensor) => planes.get(tensor)!);
      const markers = markersOf({ outputs, operands: read }, camera, size);
      const isSeen = (tensor: string) =>
        planes.get(tensor)!.some((panel) => {
          const corners = pixels(cornersOf(panel.at, panel.size), camera, size);
          return (
            corners && isOn(around(corners), { left: 0, top: 0, right: size.width, bottom: size.height })
          );
        });
      const named = markers.map(({ tensor }) => tensor);
      // Of a few, all are named.
      const away = operands.filter((tensor) => !isSeen(tensor));
      if (named.length < 4) expect(named, output).toEqual(expect.arrayContaining(away));
      for (const [i, marker] of markers.entries()) {
        expect(isInside(marker, size), `${output} from ${marker.words}`).toBe(true);
        expect(markers.slice(0, i).some((other) => isOn(marker, other))).toBe(false);
      }
    }
  }
});

test("what the first and the last norm read is named at the picture's edge, and a press goes there", async () => {
  for (const [phase, tensor, words] of [
    ["chapter=3&phase=1", "embedding", "embedding, first column"],
    ["chapter=9&phase=1", "h.1.residual_2", "stream after the MLP, block 1"],
  ] as const) {
    await workAt(site, `#v1/space?${phase}`, async (page) => {
      await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
      const marker = page.getByRole("button", { name: words });
      await marker.waitFor();
      expect(await page.locator(".space-elsewhere button:not([hidden])").count()).toBe(1);
      await marker.click();
      await page.locator(`[data-cell^="${tensor} "]`).waitFor();
      await page.waitForFunction((tensor) => location.hash.includes(`tensor=${tensor}`), tensor);
      await marker.waitFor({ state: "hidden" });
      // The keys go on from the picture.
      expect(await page.evaluate(() => document.activeElement!.tagName)).toBe("CANVAS");
    });
  }
});

test("without weights the table names each operand's tensor and cells", async () => {
  await workAt(site, "#v1/space?shape=gpt2&layers=2&tensor=h.1.attn.scores&cell=0.3.5.2", async (page) => {
    await page.locator('[data-cell="h.1.attn.scores 0.3.5.2"]').waitFor({ timeout: 60_000 });
    await page.getByText("As a table: what the chosen cell").click();
    const table = page.locator("table", { hasText: "would be computed from" });
    await table.waitFor();
    expect(await table.locator("tbody tr").allInnerTexts()).toEqual([
      "h.1.attn.q\t0, 3, 5, 0 to 63",
      "h.1.attn.k\t0, 3, 2, 0 to 63",
    ]);
  });
});

test("on a phone the picture, the words of a part and what goes on are in sight together", async () => {
  for (const height of [844, 664]) {
    await workAt(site, "", async (page) => {
      await page.setViewportSize({ width: 390, height });
      await page.goto(`${site.url}insight/#v1/space?chapter=5&phase=3`);
      await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
      await page.locator(".space-picture canvas").focus();
      // From the top of the page: the words come into sight, where the picture stays.
      await page.evaluate(() => scrollTo(0, 0));
      await page.keyboard.press("Space");
      await page.locator('.space-phases > .now > [aria-label^="Part 4"]').waitFor();
      const seen = await page.evaluate(() =>
        [
          ".space-picture",
          ".space-walk h3",
          ".space-phases",
          ".space-phases .now",
          ".space-walk button:nth-child(2)",
        ].map((one) => {
          const { top, bottom } = document.querySelector(one)!.getBoundingClientRect();
          return { one, top, bottom };
        }),
      );
      for (const { one, top, bottom } of seen) {
        expect(top, `${one} ${height}`).toBeGreaterThanOrEqual(-1);
        if (one !== ".space-phases .now" || height > 700)
          expect(bottom, `${one} ${height}`).toBeLessThanOrEqual(height + 1);
      }
      const [picture, title, words, , on] = seen;
      expect(title!.top).toBeGreaterThanOrEqual(picture!.bottom);
      expect(words!.top).toBeGreaterThanOrEqual(title!.bottom);
      expect(on!.top).toBeGreaterThanOrEqual(words!.bottom);
    });
  }
});

test("the walk says how far it is, what is next, and at its end where to go on", async () => {
  await workAt(site, "#v1/space?chapter=9&phase=5", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const then = page.locator(".space-then");
    expect(await then.innerText()).toMatch(/^Part 37 of 38 of the walk\. This is the last chapter\.$/);
    await page.getByRole("button", { name: "On (Space)" }).click();
    await then.getByText("Part 38 of 38 of the walk. Here it ends: press g,").waitFor();
    await change(page, { chapter: "1", phase: "1" });
    await then.getByText("Part 1 of 38 of the walk. Next chapter: From tokens to vectors.").waitFor();
  });
});

test("a softmax is read in its steps, and nine chapters stay nine", () => {
  const { walk } = walkOf({ ...presets.gpt2, nLayer: 2 });
  const operations = operationsOf(describeModel({ ...presets.gpt2, nLayer: 2 }, { detail: true }));
  const made = (chapter: number) =>
    walk.phasesOf(chapter).map(({ steps }) =>
      operations
        .slice((steps?.first ?? 1) - 1, steps?.last ?? 0)
        .map(({ output }) => output)
        .join(),
    );
  expect(made(5).filter((names) => names.includes("weights"))).toEqual([
    "h.0.attn.weights.max",
    "h.0.attn.weights.sum",
    "h.0.attn.weights",
  ]);
  expect(made(9).filter((names) => names.includes("probabilities"))).toEqual([
    "probabilities.max,probabilities.sum",
    "probabilities",
  ]);
  expect(CHAPTERS.length).toBe(9);
});

test("the strongest cell stands for a row of shares; without values, or of other numbers, the first", () => {
  const panels = panelsOf(nano, 4);
  const of = (name: string) => panels.find(({ box }) => box.name === name)!;
  const grid = (rows: number, columns: number, ...values: number[]) => ({
    ...{ rows, columns, values: Float32Array.from(values) },
  });
  const weights = grid(4, 4, 1, 0, 0, 0, 0.2, 0.8, 0, 0, 0.1, 0.2, 0.7, 0, 0.1, 0.2, 0.6, 0.1);
  expect([0, 1, 2, 3].map((row) => strongest(of("h.0.attn.weights"), row, weights))).toEqual([0, 1, 2, 2]);
  const masked = grid(4, 4, ...Array<number>(12).fill(0), -3, -Infinity, -1, -2);
  expect(strongest(of("h.1.attn.masked"), 3, masked)).toBe(2);
  expect(strongest(of("probabilities"), 3, grid(4, 3, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0.1, 0.8, 0.1))).toBe(1);
  // Means of cells do not say which is the strongest.
  expect(strongest(of("probabilities"), 3, grid(2, 1, 0.3, 0.3), 2)).toBe(2);
  expect(strongest(of("probabilities"), 3, undefined)).toBe(0);
  expect(strongest(of("h.0.ln_1"), 3, grid(4, 48, ...Array.from({ length: 192 }, (_, i) => i)))).toBe(0);
});

test.each<[string, string, string]>([
  ["the model", "", "chapter=7&phase=5"],
  ["the sorter", "model=sorter&text=CBABBC", "chapter=7&phase=5"],
  ["a GPT-2's shape", "shape=gpt2", "chapter=7&phase=5"],
])("%s: block after block all are in the picture while they come about", async (_, network, before) => {
  await workAt(site, `#v1/space?${network}&${before}`, async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("Space");
    await page.locator(".space-walk h3").getByText("8 of 9: Block after block, part 1").waitFor();
    // A second block has come about, and the eye rests.
    await page.waitForFunction(
      () => {
        const flow = Number(/flow=(\d+)/.exec(location.hash)?.[1] ?? 0);
        const [blocks, first] = [document.querySelectorAll(".space-labels span"), "Block 0"];
        return flow > 40 && [...blocks].some(({ textContent }) => textContent === first);
      },
      undefined,
      { timeout: 60_000 },
    );
    const named = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>(".space-labels span:not([hidden])")]
        .map(({ textContent }) => textContent!)
        .filter((words) => /^Block \d+$/.test(words)),
    );
    const count = network === "" ? 2 : network.startsWith("model") ? 3 : 12;
    expect(named.sort()).toEqual(Array.from({ length: count }, (_, i) => `Block ${i}`).sort());
  });
});

test("of many heads the first ones are looked at, as large as a few", () => {
  const panels = panelsOf({ ...presets.gpt2, nLayer: 1, nHead: 96, nEmbd: 96 * 16 }, 32);
  const scores = panels.filter(({ box }) => box.name === "h.0.attn.scores");
  expect(scores.length).toBe(96);
  expect(near(scores).map(({ plane }) => plane)).toEqual([0, 1, 2, 3]);
  const size = { width: 900, height: 600 };
  const camera = cameraOf(overview(near(scores), size), size.width / size.height);
  const { at, size: own } = scores[0]!;
  const { left, top, right, bottom } = around(pixels(cornersOf(at, own), camera, size)!);
  expect(isInside({ left, top, right, bottom }, size)).toBe(true);
  expect(Math.max((right - left) / size.width, (bottom - top) / size.height)).toBeGreaterThan(0.4);
});

test("each token has a line from the row that it picks of its table", async () => {
  await workAt(site, "#v1/space?chapter=2&phase=1&flow=1", async (page) => {
    const shown = page.locator("[data-shown]");
    await shown.waitFor({ timeout: 60_000 });
    await page.locator('[data-cell^="embedding.token "]').waitFor();
    const count = (await shown.getAttribute("data-shown"))!.split(" ")[1]!.split(".").length;
    const lines = page.locator(`.space-picture canvas[data-lines="${Math.min(10, count)}"]`);
    await lines.waitFor();
    // A cell of the reader's has its own.
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator('[data-cell$=".1"]').waitFor();
    await expect.poll(() => lines.count()).toBe(0);
  });
});

test("the cell that stands for the last row's probabilities is the most probable token's", async () => {
  await workAt(site, "#v1/space?model=sorter&text=CBABBCA&chapter=9&phase=5&flow=75", async (page) => {
    await page.locator('[data-cell="probabilities 0.6.1"]').waitFor({ timeout: 60_000 });
  });
});

test.each<[string, string, (base: GptConfig) => GptConfig, number?]>([
  ["the model", "", (base) => base],
  ["the sorter", "model=sorter&text=CBABBC", () => nano],
  ["a GPT-2's shape", "shape=gpt2", () => presets.gpt2, 12],
])(
  "%s: what a part is about is in the picture where its operations rest",
  async (_, network, configOf, layers) => {
    const { model } = await siteModel();
    const config = configOf(model.config);
    model.dispose();
    await workAt(site, "", async (page) => {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.goto(`${site.url}insight/#v1/space?${network}`);
      const shown = page.locator("[data-shown]");
      await shown.waitFor({ timeout: 60_000 });
      const ids = (await shown.getAttribute("data-shown"))!.split(" ")[1]!;
      const { walk } = walkOf(config, layers);
      const panels = panelsOf(config, layers ? 32 : ids.split(".").length);
      for (const { chapter, phase } of spotsOf(walk)) {
        const read = walk.at({ chapter, phase });
        if (!read.steps) continue;
        await change(page, { chapter: `${chapter}`, phase: `${phase}`, flow: `${read.steps.last}`, eye: "" });
        const title = `${chapter} of 9: ${CHAPTERS[chapter - 1]!.title}, part ${phase} of`;
        await page.locator(".space-walk h3").getByText(title).waitFor();
        const own = near(panels.filter(({ box }) => isAbout(read, box.name)));
        // What something is made of may be named at the edge instead.
        const outside = async () => {
          const { camera, markers } = await page.evaluate(() => ({
            camera: document.querySelector<HTMLElement>(".space-picture canvas")!.dataset["camera"]!,
            markers: [...document.querySelectorAll<HTMLElement>(".space-elsewhere button:not([hidden])")].map(
              (button) => button.dataset["to"],
            ),
          }));
          const matrix = camera.split(" ").map(Number);
          const isSeen = ({ at, size }: Panel) =>
            cornersOf(at, size)
              .map((corner) => project(matrix, corner))
              .every(({ x, y }) => Math.abs(x) < 1 && Math.abs(y) < 1);
          const away = own.filter((panel) => !isSeen(panel) && !markers.includes(panel.box.name));
          return [...new Set(away.map(({ box }) => box.name))];
        };
        await expect.poll(outside, { message: `${chapter}.${phase}` }).toEqual([]);
      }
    });
  },
);

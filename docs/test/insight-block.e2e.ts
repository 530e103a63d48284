// One block in one picture: what is drawn of it is computed here once more, from the tensors that a pass leaves behind.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@llm/bpe";
import { Gpt, type GptConfig } from "@llm/gpt";
import { type Captured, capture, describe as describeModel } from "@llm/gpt/inspect";
import { tensor, useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { colourOf } from "../insight/cells/canvas.js";
import { scaleOf } from "../insight/engine/pooled.js";
import { tokenTexts } from "../insight/engine/token-texts.js";
import { operationsOf } from "../insight/flow/operations.js";
import { blockTensors, type Part } from "../insight/views/inside/block/tensors.js";
import { copiedBy, openInsight, siteModel, siteText, siteTokenizer, workAt, workIn } from "./insight.js";
import { captured, give, llama, text } from "./insight-models.js";

const site = openInsight();
const served = (path: string) => fileURLToPath(new URL(`../public/insight/${path}`, import.meta.url));

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

interface Subject {
  readonly state: Record<string, string>;
  readonly model: Gpt;
  readonly all: Captured;
  /** Given to the page in the place of the site's. */
  readonly given?: Gpt;
}

const COPIED = "d 7 k b p 3 d 7 k b p 3";

async function pass(folder: string, encode: (model: Gpt) => Promise<number[]>) {
  const model = await Gpt.load(served(folder));
  const ids = await encode(model);
  return { model, all: await capture(model, tensor(ids, [1, ids.length], "int32"), { detail: true }) };
}

const copier = async (): Promise<Subject> => ({
  state: { model: "copier", text: COPIED },
  ...(await pass("copier", async ({ vocabSize }) => {
    const texts = tokenTexts(vocabSize, undefined);
    return COPIED.split(" ").map((word) => texts.indexOf(word));
  })),
});

const subjects: [string, () => Promise<Subject>][] = [
  ["copier", copier],
  [
    "an assistant",
    async () => ({
      state: { model: "assistant-sft", text: "What is 3 + 4?" },
      ...(await pass("assistant/sft", async () => {
        const json = await readFile(served("assistant/tokenizer.json"), "utf8");
        return [...(await Tokenizer.fromHF(json)).encodeOrdinary("What is 3 + 4?")];
      })),
    }),
  ],
  ["a model with GQA, RoPE and SwiGLU", () => made(llama)],
  [
    "one with norms of queries, keys and what is added, softcaps, a window and a scaled embedding",
    () =>
      made({
        ...llama,
        ...{ qkNorm: "before-rope", postNorm: true, embeddingScale: 4, windows: [0, 3, 0] },
        ...{ attentionSoftcap: 0.5, softcap: 10 },
      }),
  ],
];

/** The site's usual model and text. */
async function baseRows() {
  const { model, tokenizer } = await siteModel();
  const ids = [...tokenizer.encodeOrdinary(text)];
  const { tensors } = await capture(model, tensor(ids, [1, ids.length], "int32"), { detail: true });
  const { nEmbd: columns } = model.config;
  const values = (name: string) => tensors.get(name)!.data.subarray(0, ids.length * columns);
  model.dispose();
  return { columns, values };
}

/** A model that the site has not, given to the page. */
async function made(config: GptConfig): Promise<Subject> {
  const model = Gpt.create(config, { seed: 5 });
  return { state: { text: "The model is trained on" }, model, given: model, all: await captured(model) };
}

const tiny: GptConfig = { vocabSize: 50, blockSize: 16, nLayer: 2, nHead: 4, nEmbd: 16 };

test.each<
  [string, GptConfig, Partial<Record<Part | "turned" | "window", string | boolean | number | undefined>>]
>([
  ["GPT-2's kind", tiny, { token: "embedding.token", place: "wpe.weight", into: "embedding", turned: false }],
  [
    "a parallel block, one norm for both branches",
    { ...tiny, parallel: true, position: "rope" },
    { token: "embedding", place: undefined, norm1: "h.0.ln_1", norm2: undefined, turned: true },
  ],
  [
    "a stream that is mixed with its beginning, rows for values, a norm behind the turn",
    {
      ...tiny,
      ...{ residualScalars: true, valueEmbeddings: true, embeddingNorm: true },
      ...{ position: "rope", qkNorm: "after-rope", windows: [5, 0] },
    },
    {
      ...{ token: "embedding.token", into: "h.0.mix", value: "h.0.attn.v_embedded" },
      ...{ query: "h.0.attn.q_norm", window: 5 },
    },
  ],
])("%s: the parts of its first block are found by how they are computed", (_, config, wanted) => {
  const descriptions = describeModel(config, { detail: true });
  const attention = [0, 1].map((layer) => ({
    ...{ name: `h.${layer}.attn.weights`, heads: 4, values: new Float32Array() },
  }));
  const found = blockTensors({ descriptions, attention }, 0);
  const { names, norms, isTurned, window } = found;
  expect({ place: undefined, norm2: undefined, ...names, turned: isTurned, window }).toMatchObject(wanted);
  const shape = (name: string) => descriptions.find((each) => each.name === name)!.shape;
  for (const [part, { mean, rstd }] of Object.entries(norms)) {
    // One number a row, and a mean where the norm is a layer norm.
    expect(shape(rstd), part).toEqual(shape(names[part as Part]!).with(-1, 1));
    expect(mean !== undefined, part).toBe(true);
  }
  // The second block begins with what the first one made.
  const second = blockTensors({ descriptions, attention }, 1).names;
  expect([second.token, second.place]).toEqual([undefined, undefined]);
  // The last one ends in the logits.
  expect([names.final, names.logits]).toEqual([undefined, undefined]);
  expect([second.final, second.logits]).toEqual(["ln_f", "logits"]);
});

/** The picture of this block, head and token is there. */
const isDrawn = (page: Page, layer: number, head: number, token: number) =>
  page.locator(`.block-picture[data-block="${layer} ${head} ${token}"]`).waitFor({ timeout: 60_000 });

/** What is drawn of the picture, as numbers. */
const drawn = (page: Page) =>
  page.evaluate(() => {
    const numbers = (selector: string, names: readonly string[]) =>
      [...document.querySelectorAll<SVGElement>(selector)].map((one) =>
        names.map((name) => Number(one.dataset[name])),
      );
    const dots = (step: string) =>
      [...document.querySelectorAll<SVGElement>(`.dots.${step} .dot-row`)].flatMap((row) =>
        [...row.querySelectorAll("circle")].map((dot) => [
          Number(row.dataset["token"]),
          Number(dot.dataset["key"]),
          Number(dot.dataset["value"]),
          Number(dot.getAttribute("r")),
        ]),
      );
    const strips = [...document.querySelectorAll<HTMLElement>(".block-column")].flatMap((column) => {
      const canvas = column.querySelector("canvas");
      if (!canvas) return [];
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
      return [
        {
          part: column.dataset["part"]!,
          width,
          height,
          rgb: [...data].filter((_, i) => i % 4 < 3),
        },
      ];
    });
    const ends = [...document.querySelectorAll(".ribbons.weighed path")].map((path) => {
      const all = path
        .getAttribute("d")!
        .match(/-?[\d.]+/g)!
        .map(Number);
      // The upper edge leaves first, the lower one arrives last.
      return { top: all[1]!, bottom: all.at(-1)! };
    });
    const next = [...document.querySelectorAll<HTMLElement>("[data-next]")].map((item) => ({
      numbers: item.dataset["next"]!.split(" ").map(Number),
      bar: item.querySelector("i")!.style.width,
    }));
    const ids = [...document.querySelectorAll(".block-id")].map(({ textContent }) => Number(textContent));
    return {
      scores: dots("scores"),
      weights: dots("weights"),
      ribbons: numbers(".ribbons.weighed path", ["key", "weight", "thick"]),
      ...{ ends, strips, next, ids },
    };
  });

const rowsOf = ({ tensors }: Captured, name: string) => {
  const { shape, data } = tensors.get(name)!;
  const columns = shape.at(-1)!;
  return { columns, rows: (from: number) => Array.from(data.subarray(from * columns, (from + 1) * columns)) };
};

/** Queries or keys as they meet: normed and turned, where the model does so. */
const readyName = ({ tensors }: Captured, name: string) =>
  ["_norm_rotated", "_rotated", ""].map((end) => name + end).find((each) => tensors.has(each))!;

/** A head's scores and weights from queries and keys alone. */
function attentionOf(all: Captured, { config }: Gpt, layer: number, head: number) {
  const own = (name: "q" | "k") => rowsOf(all, readyName(all, `h.${layer}.attn.${name}`));
  const T = all.tensors.get("ids")!.data.length;
  const keyHead = Math.floor((head * config.nKvHead) / config.nHead);
  const [q, k] = [own("q"), own("k")];
  const scores = Array.from({ length: T }, (_, query) =>
    Array.from({ length: T }, (_, key) => {
      const [a, b] = [q.rows(head * T + query), k.rows(keyHead * T + key)];
      return a.reduce((sum, each, i) => sum + each * b[i]!, 0) / Math.sqrt(q.columns);
    }),
  );
  const { attentionSoftcap: cap, windows } = config;
  const window = windows[layer] || T;
  const weights = scores.map((row, query) => {
    const seen = row
      .slice(0, query + 1)
      .map((score, key) =>
        key > query - window ? Math.exp(cap > 0 ? cap * Math.tanh(score / cap) : score) : 0,
      );
    const sum = seen.reduce((a, b) => a + b);
    return seen.map((each) => each / sum);
  });
  return { scores, weights, keyHead };
}

/** Colours of rows as the palette has them: of each cell, or of the means of `step` cells by a scale of their own. */
function colours(all: Captured, name: string, rows: readonly number[][], step: number): number[] {
  const means = rows.flatMap((row) =>
    Array.from({ length: Math.ceil(row.length / step) }, (_, at) => {
      const cells = row.slice(at * step, (at + 1) * step);
      return cells.reduce((a, b) => a + b) / cells.length;
    }),
  );
  const scale = scaleOf(step === 1 ? all.tensors.get(name)!.data : means);
  return means.flatMap((mean) => [...colourOf(mean, { scale, isShare: false })]);
}

test.each(subjects)("%s: dots, ribbons, strips and next tokens are those of the pass", async (_, make) => {
  const { state, model, all, given } = await make();
  const T = all.tensors.get("ids")!.data.length;
  const [layer, head, token] = [1, 2, T - 2];
  const query = new URLSearchParams({ ...state, layer: `${layer}`, head: `${head}`, token: `${token}` });
  await workIn(site, async (page) => {
    if (given) await give(page, given);
    await page.goto(`${site.url}insight/#v1/inside?${query}`);
    await isDrawn(page, layer, head, token);
    const { scores, weights, keyHead } = attentionOf(all, model, layer, head);
    const { strips, ends, next, ...picture } = await drawn(page);
    expect(picture.scores.length).toBe(T * T);
    for (const [query, key, value] of picture.scores) expect(value).toBeCloseTo(scores[query!]![key!]!, 4);
    expect(picture.weights.length).toBe(weights.flat().filter((weight) => weight > 0).length);
    const widest = Math.max(...picture.weights.map(([, , , radius]) => radius!));
    const most = Math.max(...weights.flat());
    for (const [query, key, value, radius] of picture.weights) {
      expect(value).toBeCloseTo(weights[query!]![key!]!, 5);
      // Areas are as the weights.
      expect(radius! / widest).toBeCloseTo(Math.sqrt(value! / most), 2);
    }
    expect(picture.ribbons.map(([key]) => key)).toEqual(Array.from({ length: token + 1 }, (_, key) => key));
    const bands = picture.ribbons.map(([, , thick]) => thick!);
    const total = bands.reduce((a, b) => a + b);
    for (const [key, weight, thick] of picture.ribbons) {
      expect(weight).toBeCloseTo(weights[token]![key!]!, 5);
      expect(thick! / total).toBeCloseTo(weights[token]![key!]!, 5);
      expect(ends[key!]!.bottom - ends[key!]!.top).toBeCloseTo(thick!, 0);
    }

    const rows = (name: string, from = 0) =>
      Array.from({ length: T }, (_, at) => rowsOf(all, name).rows(from + at));
    const part = (name: string) => `h.${layer}.${name}`;
    const isGated = all.tensors.has(part("mlp.gated"));
    const found = rows(part("attn")).map((row) => {
      const width = row.length / model.config.nHead;
      return row.slice(head * width, (head + 1) * width);
    });
    const [queries, keys] = ["attn.q", "attn.k"].map((name) => readyName(all, part(name))) as [
      string,
      string,
    ];
    const isNormed = all.tensors.has(part("ln_1_post"));
    const own = (name: string): [string, number[][]] => [part(name), rows(part(name))];
    const expected: Record<string, [name: string, rows: number[][]]> = {
      into: [`h.${layer - 1}.residual_2`, rows(`h.${layer - 1}.residual_2`)],
      norm1: own("ln_1"),
      query: [queries, rows(queries, head * T)],
      key: [keys, rows(keys, keyHead * T)],
      value: [part("attn.v"), rows(part("attn.v"), keyHead * T)],
      found: [part("attn"), found],
      ...(isNormed && { mixed: own("attn.c_proj"), made: own("mlp.c_proj") }),
      attended: own(isNormed ? "ln_1_post" : "attn.c_proj"),
      middle: own("residual_1"),
      norm2: own("ln_2"),
      wide: own(isGated ? "mlp.activated" : "mlp.c_fc"),
      ...(isGated && { up: own("mlp.up") }),
      fed: own(isNormed ? "ln_2_post" : "mlp.c_proj"),
      out: own("residual_2"),
      // The last block leads to the logits.
      ...(layer === model.config.nLayer - 1 && {
        final: ["ln_f", rows("ln_f")],
        logits: ["logits", rows("logits")],
      }),
    };
    expect(strips.map(({ part }) => part).sort()).toEqual(Object.keys(expected).sort());
    const areAsComputed = (drawn: typeof strips) => {
      for (const { part, width, height, rgb } of drawn) {
        const [name, cells] = expected[part]!;
        const step = Math.ceil(cells[0]!.length / 96);
        expect([width, height], part).toEqual([Math.ceil(cells[0]!.length / step), T]);
        const wanted = colours(all, name, cells, step);
        const far = rgb.reduce((most, each, i) => Math.max(most, Math.abs(each - wanted[i]!)), 0);
        // A mean may be rounded otherwise.
        expect(far, part).toBeLessThanOrEqual(step === 1 ? 0 : 1);
      }
    };
    areAsComputed(strips);
    // A norm in words, from what it reads.
    for (const [name, read] of [
      ["norm1", "into"],
      ["norm2", "middle"],
      ["attended", "mixed"],
      ["final", "out"],
    ] as const) {
      const row = expected[name] && expected[read]?.[1][token];
      if (!row) continue;
      await page.locator(`.block-column[data-part="${name}"]`).focus();
      const words = await page.locator(".block-caption").innerText();
      const isCentred = model.config.norm === "layer";
      const mean = isCentred ? row.reduce((a, b) => a + b) / row.length : 0;
      const square = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
      expect(words.includes("without its mean")).toBe(isCentred);
      const numbers = /(?:mean, (\S+), )?is times (\S+), which/.exec(words)!.slice(1).map(Number);
      if (isCentred) expect(numbers[0]! / mean).toBeCloseTo(1, 1);
      expect(numbers[1]! * Math.sqrt(square + model.config.normEps)).toBeCloseTo(1, 1);
    }
    // What the first block reads: rows of the table, and of positions where the model adds them.
    await page.locator('button[aria-label="Block 0"]').press("Enter");
    await isDrawn(page, 0, head, token);
    const first = await drawn(page);
    expect(first.ids).toEqual([...all.tensors.get("ids")!.data]);
    const isPlaced = model.config.position === "learned";
    const table = rowsOf(all, "wte.weight");
    const places = isPlaced && rowsOf(all, "wpe.weight");
    const tokenRows = first.ids.map((id) => table.rows(id));
    const looked = all.tensors.has("embedding.token") ? "embedding.token" : "embedding";
    Object.assign(expected, {
      token: [looked, tokenRows],
      place: ["wpe.weight", tokenRows.map((_, at) => (places ? places.rows(at) : []))],
      into: [
        "embedding",
        tokenRows.map((row, at) =>
          row.map((x, i) =>
            Math.fround((x + (places ? places.rows(at)[i]! : 0)) * model.config.embeddingScale),
          ),
        ),
      ],
    });
    const begun = first.strips.filter(({ part }) => /^(token|place|into)$/.test(part));
    expect(begun.map(({ part }) => part)).toEqual(["token", ...(isPlaced ? ["place"] : []), "into"]);
    areAsComputed(begun);
    await page.locator('.block-mark[data-on="into"]').focus();
    expect(await page.locator(".block-caption").innerText()).toContain("In this pass none acts");

    const logits = rowsOf(all, "logits").rows(T - 1);
    const sum = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const ranked = logits.map((logit, id) => ({ id, p: Math.exp(logit) / sum })).sort((a, b) => b.p - a.p);
    expect(next.length).toBeGreaterThanOrEqual(5);
    // What is drawn may stand at their end.
    for (const [rank, { numbers, bar }] of next.slice(0, -1).entries()) {
      expect(numbers[0]).toBe(ranked[rank]!.id);
      expect(numbers[1]).toBeCloseTo(ranked[rank]!.p, 5);
      expect(Number.parseFloat(bar)).toBeCloseTo(100 * ranked[rank]!.p, 1);
    }
  });
  model.dispose();
});

test("by keyboard: tokens, heads, a weight in numbers and a part's cells; a reload restores them; the table has the numbers", async () => {
  const { model, all } = await copier();
  await workAt(site, `#v1/inside?model=copier&text=${COPIED.replaceAll(" ", "+")}&layer=1`, async (page) => {
    const T = 12;
    await isDrawn(page, 1, 0, T - 1);
    await page.locator(".block-scroll").focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowRight");
    await isDrawn(page, 1, 1, T - 3);
    const { weights, scores } = attentionOf(all, model, 1, 1);
    const row = weights[T - 3]!;
    const words = page.locator(".block-told output");
    const most = row.indexOf(Math.max(...row));
    expect(await words.innerText()).toContain(
      `"b" (${T - 3}) looks most at "${COPIED.split(" ")[most]}" (${most}): ${row[most]!.toFixed(2)}.`,
    );
    expect(await page.locator(".block-token.chosen").innerText()).toBe("b");
    expect(await page.locator(".ribbons.query:not(.line) path.lit").count()).toBeGreaterThan(0);

    await page.locator('.block-column[data-part="weights"]').focus();
    expect(await page.locator(".block-caption").innerText()).toContain("Softmax");
    await page.keyboard.press("ArrowLeft");
    const key = most - 1;
    const told = await words.innerText();
    expect(told).toContain(`looks at "${COPIED.split(" ")[key]}" (${key})`);
    const score = Number(scores[T - 3]![key]!.toPrecision(3));
    // With the largest of its row taken away, as it is computed.
    const largest = Number(Math.max(...scores[T - 3]!.slice(0, T - 2)).toPrecision(3));
    const less = `${largest < 0 ? "+" : "−"} ${Math.abs(largest)}`;
    expect(told).toContain(` / 4 = ${score}; not masked; weight = exp(${score} ${less}) / sum of exp`);
    expect(told).toContain(`= ${row[key]!.toFixed(3)}.`);
    await page.keyboard.press("Enter");
    const cell = `0.1.${T - 3}.${key}`;
    await page.locator(`[data-cell="h.1.attn.weights ${cell}"]`).waitFor();
    const hash = await page.evaluate(() => location.hash);
    for (const each of [`token=${T - 3}`, "head=1", "layer=1", `cell=${cell}`]) expect(hash).toContain(each);
    expect(await page.locator('.block-column[data-part="weights"]').getAttribute("aria-pressed")).toBe(
      "true",
    );

    await page.reload();
    await isDrawn(page, 1, 1, T - 3);
    expect(await page.evaluate(() => location.hash)).toBe(hash);
    await page.locator('button[aria-label="Block 0"]').press("Enter");
    await isDrawn(page, 0, 1, T - 3);
    expect(await page.locator(".one-of-many b").first().innerText()).toBe("Block 0: 1 of 2 blocks");
    await page.goBack();
    await isDrawn(page, 1, 1, T - 3);

    const table = page.locator("summary", { hasText: "one block" });
    await table.press("Enter");
    const copied = (await copiedBy(table.locator("..").getByText("Copy as TSV"))).split("\n");
    expect(copied.length).toBe(1 + T);
    const cells = copied[1 + T - 3]!.split("\t");
    expect(cells.slice(0, 2)).toEqual([`${T - 3} b`, `${most} ${COPIED.split(" ")[most]}`]);
    const numbers = [
      "h.0.residual_2",
      "h.1.attn.c_proj",
      "h.1.residual_1",
      "h.1.mlp.c_proj",
      "h.1.residual_2",
    ].map((name) => Math.hypot(...rowsOf(all, name).rows(T - 3)));
    for (const [i, wanted] of [row[most]!, ...numbers].entries())
      expect(Number(cells[2 + i])).toBeCloseTo(wanted, 3);
  });
  model.dispose();
});

test("a pointer lights a token and leaves the address; a press keeps it, on a phone too, where the picture scrolls in itself", async () => {
  await workAt(site, `#v1/inside?model=copier&text=${COPIED.replaceAll(" ", "+")}&layer=1`, async (page) => {
    await isDrawn(page, 1, 0, 11);
    await page.locator('.block-token[data-token="7"]').hover();
    await page.locator('.block-picture[data-token="7"]').waitFor();
    await page.locator('.block-column[data-part="scores"]').hover({ position: { x: 20, y: 4 } });
    await page.locator('.block-picture[data-token="0"]').waitFor();
    expect(await page.locator(".block-told output").innerText()).toContain(
      "masked, as it comes later: weight 0",
    );
    expect(page.url()).not.toContain("token=");
    // A text of fewer tokens comes while the pointer rests.
    await page.locator('.block-token[data-token="10"]').hover();
    await page.getByLabel("Text that runs through the model").fill("d 7 k");
    await isDrawn(page, 1, 0, 2);
    await page.getByLabel("Text that runs through the model").fill(COPIED);
    await isDrawn(page, 1, 0, 11);
    await page.setViewportSize({ width: 360, height: 780 });
    // The next tokens would be out of sight at the picture's end.
    await page.locator(".more-right + .block-next").waitFor();
    await page.locator('.block-token[data-token="5"]').click();
    await isDrawn(page, 1, 0, 5);
    expect(page.url()).toContain("token=5");
    const scroll = await page
      .locator(".block-scroll")
      .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(scroll).toBeGreaterThan(200);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  });
});

test("a part that the mouse has pressed keeps its frame; another text has its last token chosen", async () => {
  const hash = `#v1/inside?model=copier&text=${COPIED.replaceAll(" ", "+")}&token=3`;
  await workAt(site, hash, async (page) => {
    await isDrawn(page, 0, 0, 3);
    const part = page.locator('.block-column[data-part="into"]');
    await part.click();
    // It opens large; once that is closed, the part has the focus.
    await page.getByRole("button", { name: "Close (Esc)" }).click();
    await page.mouse.move(0, 0);
    await expect.poll(() => part.getAttribute("aria-pressed")).toBe("true");
    await expect.poll(() => part.evaluate((each) => document.activeElement === each)).toBe(true);
    const frame = await part.evaluate((each) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return { isFocused: document.activeElement === each, outlineStyle, outlineWidth };
    });
    expect(frame).toEqual({ isFocused: true, outlineStyle: "solid", outlineWidth: "2px" });
    await page.getByLabel("Text that runs through the model").fill("d 7 k b p 3");
    await isDrawn(page, 0, 0, 5);
    await page.waitForFunction(() => !location.hash.includes("token=") && !location.hash.includes("cell="));
  });
});

test.each([360, 1104, 1217, 1303])(
  "at %d px all of the next tokens are seen, in the picture or below it",
  async (room) => {
    await workAt(site, "#v1/inside", async (page) => {
      const scroll = page.locator(".block-scroll");
      const drawn = () =>
        scroll.evaluate((frame) => {
          const [own, list] = [frame, document.querySelector(".block-next")!].map((each) =>
            each.getBoundingClientRect(),
          );
          return {
            isListed: list!.left >= own!.left && list!.right <= own!.right,
            isWider: frame.scrollWidth > frame.clientWidth,
            saysSo: document.querySelector(".more-right.more > .block-scroll") !== null,
          };
        });
      for (const layer of [0, 1]) {
        await page.locator(`button[aria-label="Block ${layer}"]`).press("Enter");
        await isDrawn(page, layer, 0, 7);
        const outside = await scroll.evaluate(({ clientWidth }) => innerWidth - clientWidth);
        await page.setViewportSize({ width: room + outside, height: 800 });
        await expect.poll(() => scroll.evaluate(({ clientWidth }) => clientWidth)).toBe(room);
        // It is drawn anew for this room.
        const isWider = room === 360;
        await expect.poll(drawn).toEqual({ isListed: true, isWider, saysSo: isWider });
      }
    });
  },
);

test("48 tokens fit 1280 by 900: no name stands on another, the chosen one is there, and an opened part is in the window", async () => {
  const tokenizer = await siteTokenizer();
  const all = [...tokenizer.encodeOrdinary(await siteText())].slice(0, 48);
  const query = new URLSearchParams({ text: tokenizer.decode(all), token: "24" });
  await workAt(site, "", async (page) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${site.url}insight/#v1/inside?${query}`);
    await isDrawn(page, 0, 0, 24);
    const names = () =>
      page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.querySelector(".block-scroll")!;
        const seen = [...document.querySelectorAll<HTMLElement>(".block-token")].filter(
          ({ hidden }) => !hidden,
        );
        const middles = seen.map((each) => Number.parseFloat(each.style.top));
        return {
          isWider: scrollWidth > clientWidth,
          chosen: seen.filter((each) => each.matches(".chosen")).map(({ dataset }) => dataset["token"]),
          least: Math.min(...middles.slice(1).map((at, i) => at - middles[i]!)) >= 11,
        };
      });
    expect(await names()).toEqual({ isWider: false, chosen: ["24"], least: true });
    await page.locator(".block-scroll").press("ArrowDown");
    await isDrawn(page, 0, 0, 25);
    expect(await names()).toEqual({ isWider: false, chosen: ["25"], least: true });
    await page.locator('.block-column[data-part="weights"]').press("Enter");
    await page.locator('.opened-part[data-opened^="attention"]').waitFor({ timeout: 60_000 });
    const opened = await page.evaluate(() => {
      const { top, bottom } = document.querySelector(".opened-part")!.getBoundingClientRect();
      const { scrollWidth, clientWidth } = document.querySelector(".opened-scroll")!;
      return [top >= 0, bottom <= innerHeight, scrollWidth <= clientWidth];
    });
    expect(opened).toEqual([true, true, true]);
  });
});

test("what is pointed at is explained where the picture is seen: parts, and where two rows are added", async () => {
  await workAt(site, "#v1/inside", async (page) => {
    await isDrawn(page, 0, 0, 7);
    const caption = page.locator(".block-caption");
    const edges = () =>
      page.evaluate(() => {
        const box = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
        const [told, picture] = [box(".block-told"), box(".block-scroll")];
        return { top: told.top, bottom: told.bottom, picture: picture.top };
      });
    const { values, columns } = await baseRows();
    const long = (name: string) => `${Number(Math.hypot(...values(name).slice(7 * columns)).toPrecision(3))}`;
    const before = (await edges()).picture;
    for (const [on, rows] of [
      ["+into", ["embedding.token"]],
      ["+middle", ["embedding", "h.0.attn.c_proj", "h.0.residual_1"]],
      ["+out", ["h.0.residual_1", "h.0.mlp.c_proj", "h.0.residual_2"]],
    ] as const) {
      const sum = page.locator(`.block-sum[data-on="${on}"]`);
      const height = on === "+into" ? 200 : 12;
      await sum.hover({ position: { x: 12, y: height } });
      await sum.click({ position: { x: 12, y: height } });
      const words = await caption.innerText();
      expect(words).toContain("added");
      for (const name of rows) expect(words, on).toContain(long(name));
      await sum.focus();
      expect(await sum.getAttribute("aria-label")).toContain("number by number");
    }
    // A press chooses no token, and no words move the picture.
    expect(page.url()).not.toContain("token=");
    const moved = await page.evaluate(() => scrollY);
    expect((await edges()).picture + moved).toBeCloseTo(before, 0);
    for (const [width, height] of [
      [1280, 800],
      [360, 780],
    ] as const) {
      await page.setViewportSize({ width, height });
      const part = page.locator('.block-column[data-part="into"]');
      await part.click({ position: { x: 6, y: 120 } });
      expect(await caption.innerText()).toContain("64 numbers for each token");
      // It opens large, over the picture.
      await page.locator('.opened-part[data-opened="into 0 0"]').waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".opened-place").waitFor({ state: "hidden" });
      const { top, bottom, picture } = await edges();
      expect(top).toBeGreaterThanOrEqual(0);
      expect(bottom).toBeLessThanOrEqual(height);
      expect(picture).toBeGreaterThanOrEqual(bottom - 1);
      // Farther down, too, as long as there is something of the picture.
      await page.locator('.block-token[data-token="7"]').scrollIntoViewIfNeeded();
      await page.evaluate(() => {
        const { bottom } = document.querySelector(".block-scroll")!.getBoundingClientRect();
        scrollBy(0, bottom - 300);
      });
      const later = await edges();
      expect(later.top).toBeGreaterThanOrEqual(0);
      expect(later.bottom).toBeLessThan(300);
    }
  });
});

test.each(["no-preference", "reduce"] as const)(
  "in a run the picture has only what is made, and its block is the one that is computed; motion: %s",
  async (reducedMotion) => {
    const { model } = await copier();
    const operations = operationsOf(describeModel(model, { detail: true }));
    model.dispose();
    const flow = 1 + operations.findIndex(({ output }) => output === "h.1.attn.masked");
    await workIn(site, async (page) => {
      await page.emulateMedia({ reducedMotion });
      await page.goto(`${site.url}insight/#v1/inside?model=copier&text=d+7+k`);
      await isDrawn(page, 0, 0, 2);
      const later = () =>
        page
          .locator(".block-column.later")
          .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["part"]));
      expect(await later()).toEqual([]);
      await page.getByRole("slider", { name: "Operation" }).fill(`${flow}`);
      await isDrawn(page, 1, 0, 2);
      expect(await later()).toEqual([
        ...["weights", "found", "attended", "middle", "norm2", "wide", "fed", "out"],
        ...["final", "logits"],
      ]);
      expect(await page.locator(".block-next").getAttribute("class")).toContain("later");
      expect(await page.locator(".block-caption").innerText()).toContain("No token looks ahead");
      const seconds = await page
        .locator(".block-column canvas")
        .first()
        .evaluate((canvas) => Number.parseFloat(getComputedStyle(canvas).transitionDuration));
      expect(seconds).toBe(reducedMotion === "reduce" ? 0 : 0.5);
      // Before there are weights of attention nothing is said of them.
      const mean = 1 + operations.findIndex(({ output }) => output === "h.0.ln_1.mean");
      await page.getByRole("slider", { name: "Operation" }).fill(`${mean}`);
      await isDrawn(page, 0, 0, 2);
      const words = () => page.locator(".block-told output").innerText();
      await expect.poll(words).toBe("");
      // A norm's numbers are seen as they come about.
      const norm = () =>
        page.evaluate(() => ({
          lit: [...document.querySelectorAll<HTMLElement>(".block-canvas [aria-current]")].map(
            ({ dataset }) => dataset["part"],
          ),
          seen: [...document.querySelectorAll(".block-norm:not(.later)")].map(
            ({ textContent }) => textContent,
          ),
        }));
      const isNorm = (...seen: RegExp[]) =>
        expect.poll(norm).toEqual({ lit: ["norm1"], seen: seen.map((each) => expect.stringMatching(each)) });
      await isNorm(/^[−+] [\d.e-]+$/);
      await page.getByRole("button", { name: "Step on (.)" }).press("Enter");
      await isNorm(/^[−+] [\d.e-]+$/, /^× [\d.]+$/);
      await page.locator(".insight").focus();
      await page.keyboard.press("x");
      await expect.poll(later).toEqual([]);
      await expect.poll(words).toContain("looks most at");
    });
  },
);

test.each([
  [
    "GPT-2's kind",
    { ...tiny, vocabSize: 512, blockSize: 32 },
    /W₁ makes 64 numbers, GELU bends each/,
    "4 heads of 4 side by side make 16",
  ],
  [
    "a gated one with softcaps",
    { ...llama, softcap: 10 },
    /W₁ makes two halves of \d+ numbers: SiLU bends this one, the gate/,
    "side by side make",
  ],
] as const)(
  "%s: the MLP's bend, all heads and the logits are told with this model's numbers",
  async (_, config, mlp, heads) => {
    const model = Gpt.create(config, { seed: 5 });
    const all = await captured(model);
    const last = model.config.nLayer - 1;
    const T = all.tensors.get("ids")!.data.length;
    await workIn(site, async (page) => {
      await give(page, model);
      await page.goto(`${site.url}insight/#v1/inside?text=The+model+is+trained+on&layer=${last}`);
      await isDrawn(page, last, 0, T - 1);
      const caption = page.locator(".block-caption");
      const told = async (part: string) => {
        await page.locator(`.block-column[data-part="${part}"]`).focus();
        return caption.innerText();
      };
      expect(await told("wide")).toMatch(mlp);
      expect(await told("attended")).toContain(heads);
      const others = model.config.nHead - 1;
      expect(await page.locator(".block-label.below b").innerText()).toBe(`+ ${others} more`);
      expect(await page.locator(".ribbons.heads .card").count()).toBe(Math.min(4, others));
      const logits = rowsOf(all, "logits").rows(T - 1);
      const words = await told("logits");
      expect(words).toContain(`its highest, ${Number(Math.max(...logits).toPrecision(3))},`);
      expect(words.includes("squeezed below 10")).toBe("softcap" in config);
    });
    model.dispose();
  },
);

test("a pointed row is told in numbers, with the way to its chapter", async () => {
  await workAt(site, "#v1/inside", async (page) => {
    await isDrawn(page, 0, 0, 7);
    const { values, columns } = await baseRows();
    const into = page.locator('.block-column[data-part="into"]');
    const { height } = (await into.boundingBox())!;
    await into.hover({ position: { x: 6, y: (3.5 * height) / 8 } });
    await page.locator('.block-picture[data-token="3"]').waitFor();
    const row = [...values("embedding").slice(3 * columns, 4 * columns)];
    const short = (value: number) => `${Number(value.toPrecision(3))}`;
    const words = await page.locator(".block-told output").innerText();
    expect(words).toContain(
      `(3) here: ${row.slice(0, 4).map(short).join(", ")}, …; ${short(Math.hypot(...row))} long, from ${short(Math.min(...row))} to ${short(Math.max(...row))}.`,
    );
    const chapter = page.locator(".block-chapter");
    for (const [part, anchor] of [
      ["into", "embedding"],
      ["norm2", "normalisation"],
      ["key", "attention"],
      ["fed", "mlp"],
    ] as const) {
      await page.locator(`.block-column[data-part="${part}"]`).focus();
      expect(await chapter.getAttribute("href")).toBe(`../chapters/network-internals.html#${anchor}`);
    }
    // In a walk, the numbers are those of the part that is told.
    const current = page.locator(".block-column[aria-current]");
    for (const part of ["token", "place"]) {
      await page.locator(".insight").focus();
      await page.keyboard.press("w");
      await page.locator(`.block-column[aria-current][data-part="${part}"]`).waitFor();
      const tensor = (await current.getAttribute("data-tensor"))!;
      await page.getByRole("button", { name: `${tensor}, cell by cell` }).press("Enter");
      await page.locator(`[data-cell^="${tensor} "]`).waitFor();
    }
    const text = await readFile(new URL("../chapters/network-internals.md", import.meta.url), "utf8");
    for (const title of ["Embedding", "Normalisation", "Attention", "MLP", "Logits"])
      expect(text).toContain(`\n### ${title}\n`);
  });
});

test.each([0, 1])(
  "in block %d no label stands on another, nor on the stream's line, nor a frame on the picture's",
  async (layer) => {
    await workAt(site, `#v1/inside?layer=${layer}`, async (page) => {
      await page.setViewportSize({ width: 1440, height: 900 });
      await isDrawn(page, layer, 0, 7);
      const found = await page.evaluate(() => {
        const labels = [...document.querySelectorAll(".block-label, .block-mark, .block-norm")].map(
          (each) => ({
            box: each.getBoundingClientRect(),
            words: each.textContent,
          }),
        );
        const meets = labels.flatMap(({ box: a, words }, i) =>
          labels
            .slice(i + 1)
            .filter(
              ({ box: b }) =>
                a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom && b.top < a.bottom,
            )
            .map((other) => `${words} | ${other.words}`),
        );
        // Each comes down on its right, to where the rows begin.
        const lines = [...document.querySelectorAll(".arch")].map((each) => each.getBoundingClientRect());
        const crossed = labels
          .filter(({ box }) =>
            lines.some(
              ({ right, top, bottom }) =>
                box.left < right + 3 && right - 3 < box.right && box.top < bottom && top < box.bottom,
            ),
          )
          .map(({ words }) => words);
        const [list, frame] = [".block-next", ".block-scroll"].map((each) =>
          document.querySelector(each)!.getBoundingClientRect(),
        );
        return { meets, crossed, lines: lines.length, room: frame!.right - list!.right };
      });
      expect(found.meets).toEqual([]);
      expect(found.lines).toBe(2);
      expect(found.crossed).toEqual([]);
      expect(found.room).toBeGreaterThan(4);
    });
  },
);

test.each(["no-preference", "reduce"] as const)(
  "on a phone the picture goes along with a run, unless the reader scrolls it; motion: %s",
  async (reducedMotion) => {
    const { model } = await copier();
    const operations = operationsOf(describeModel(model, { detail: true }));
    model.dispose();
    const flowOf = (name: string) => `${1 + operations.findIndex(({ output }) => output === name)}`;
    await workIn(site, async (page) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ reducedMotion });
      await page.goto(`${site.url}insight/#v1/inside?model=copier&text=d+7+k`);
      await isDrawn(page, 0, 0, 2);
      const scrub = page.getByRole("slider", { name: "Operation" });
      const isSeen = (part: string) =>
        page.waitForFunction((part) => {
          const [made, frame] = [`.block-column[data-part="${part}"]`, ".block-scroll"].map((each) =>
            document.querySelector(each)?.getBoundingClientRect(),
          );
          // Of another block all is drawn anew. The tokens stay at the left.
          return made && frame && made.left >= frame.left + 66 && made.right <= frame.right;
        }, part);
      for (const [name, part] of [
        ["h.0.attn.scores", "scores"],
        ["h.0.attn.weights", "weights"],
        ["h.0.mlp.c_fc", "wide"],
        ["h.0.ln_1", "norm1"],
        ["logits", "logits"],
      ] as const) {
        await scrub.fill(flowOf(name));
        await isSeen(part);
      }
      await page.locator(".block-scroll").hover();
      await page.mouse.wheel(-2000, 0);
      const at = () => page.locator(".block-scroll").evaluate(({ scrollLeft }) => scrollLeft);
      await expect.poll(at).toBe(0);
      await scrub.fill(flowOf("ln_f"));
      await page.locator('.block-column[data-part="logits"].later').waitFor();
      expect(await at()).toBe(0);
    });
  },
);

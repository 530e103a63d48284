// A part of a block opened large: what is drawn and framed is computed here once more, from the tensors that a pass leaves behind.
import { Gpt, type GptConfig } from "@llm/gpt";
import { type Captured, describe as describeModel, explainCell } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { colourOf } from "../insight/cells/canvas.js";
import { pooled, scaleOf } from "../insight/engine/pooled.js";
import { chainOf } from "../insight/views/inside/opened/chain.js";
import { answered, openInsight, siteModel, workAt } from "./insight.js";
import { captured, give, llama, text } from "./insight-models.js";

const site = openInsight();

beforeAll(async () => {
  // The engine that the page has.
  await useEngine("wasm", { threads: 1 });
});

const OPENINGS = [
  ...["into", "norm1", "query", "key", "value", "attention", "heads"],
  ...["middle", "norm2", "mlp", "out", "next"],
];

/** Like Gemma: norms before and behind both branches and of queries and keys, softcaps, a window, a scaled embedding. */
const gemma: GptConfig = {
  ...llama,
  ...{ qkNorm: "before-rope", postNorm: true, embeddingScale: 4, windows: [0, 3, 0] },
  ...{ attentionSoftcap: 0.5, softcap: 10 },
};

const isOpened = (page: Page, opening: string, layer: number, head: number) =>
  page.locator(`.opened-part[data-opened="${opening} ${layer} ${head}"]`).waitFor({ timeout: 60_000 });

/** Each matrix with its pixels, as far as they are asked for, and what is framed in it; all of one moment. */
const drawn = (page: Page, colours: "all" | "exp" = "all") =>
  page.evaluate((colours) => {
    const part = document.querySelector<HTMLElement>(".opened-part")!;
    /** The names of rows that are bold, and those that what is framed stands beside, where it is of one row. */
    const boldIn = (matrix: HTMLElement) => {
      const names = [...matrix.querySelectorAll<HTMLElement>(".axis-left span")];
      const frame = [...matrix.querySelectorAll(".opened-strip, .cell-mark")]
        .map((each) => each.getBoundingClientRect())
        .find(({ height }) => height > 0);
      const { height } = matrix.querySelector("canvas")!.getBoundingClientRect();
      const isOne = frame && names.length > 1 && frame.height < (1.5 * height) / names.length;
      const bold = names.filter((each) => each.classList.contains("chosen"));
      const beside = names.filter((_, at) => {
        const { top } = matrix.querySelector("canvas")!.getBoundingClientRect();
        const y = top + ((at + 0.5) / names.length) * height;
        return frame && frame.top <= y && y <= frame.bottom;
      });
      const at = (each: HTMLElement) => `${names.indexOf(each)} ${each.hidden}`;
      return {
        bold: bold.map(at),
        framed: isOne ? beside.map((each) => `${names.indexOf(each)} false`) : undefined,
      };
    };
    const matrices = [...part.querySelectorAll<HTMLElement>(".opened-matrix")].map((matrix) => {
      const canvas = matrix.querySelector("canvas")!;
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
      return {
        ...{ tensor: matrix.dataset["tensor"]!, width, height },
        isThere: [...data].every((part, i) => i % 4 < 3 || part === 255),
        isEmpty: [...data].every((part, i) => i % 4 < 3 || part === 0),
        waits: matrix.closest("[inert]") !== null,
        lit: matrix.dataset["lit"] ?? "",
        label: canvas.getAttribute("aria-label")!,
        isFramed: matrix.querySelector(".opened-strip") !== null,
        ...boldIn(matrix),
        rgb: colours === "all" || matrix.closest(".is-exp") ? [...data].filter((_, i) => i % 4 < 3) : [],
      };
    });
    const words = part.querySelector(".opened-words")!.textContent!;
    const formula = part.querySelector(".opened-chain")!.getAttribute("aria-label")!;
    return { matrices, words, formula, told: part.dataset["told"]! };
  }, colours);

test.each<[string, () => Promise<[Gpt, Gpt?]>]>([
  ["base", async () => [(await siteModel()).model]],
  ["a model with GQA, RoPE and SwiGLU", async () => given(llama)],
  ["one with norms of queries, keys and what is added, softcaps and a window", async () => given(gemma)],
])("%s: every part opens; what is drawn and framed is what is computed", async (_, make) => {
  const [model, own] = await make();
  const all = await captured(model);
  const [layer, head] = [1, 3];
  const hash = (opening: string) => {
    // A column of this head: the weights of attention, which are usual, are there before what it finds.
    const found = { tensor: "h.1.attn", cell: `0.4.${model.config.nEmbd - 1}` };
    const chosen = opening === "heads" ? found : {};
    return `#v1/inside?${new URLSearchParams({ text, open: opening, layer: `${layer}`, head: `${head}`, ...chosen })}`;
  };
  await workAt(site, own ? "" : hash("into"), async (page) => {
    if (own) await give(page, own);
    for (const opening of OPENINGS) {
      await page.goto(`${site.url}insight/${hash(opening)}`);
      if (opening === "into" && own) await page.reload();
      await isOpened(page, opening, layer, head);
      await page.waitForFunction(
        () => document.querySelector<HTMLElement>(".opened-matrix[data-lit]:not([data-lit=''])") !== null,
      );
      // What is said above is said of what is open.
      const caption = await page.locator(".block-caption").innerText();
      expect(caption.startsWith("Softmax makes"), `${opening}: ${caption}`).toBe(opening === "attention");
      const { matrices, words, formula, told } = await drawn(page);
      expect(matrices.length, opening).toBeGreaterThan(1);
      for (const { tensor, width, height, label, rgb } of matrices) {
        // What a product takes turned over says so.
        const isTurned = label.includes("its rows drawn as columns");
        const wanted = coloursOf(all, model, tensor, head, { size: [width, height], isTurned });
        const far = rgb.reduce((most, each, i) => Math.max(most, Math.abs(each - wanted[i]!)), 0);
        expect(far, `${opening} ${tensor}`).toBeLessThanOrEqual(1);
      }
      // What is framed is what the told cell is computed from, a copy followed.
      const [tensor, index] = told.split(" ") as [string, string];
      const made = sourceOf(all, tensor, index);
      expect(words, opening).toContain(made.captured.toPrecision(4));
      for (const tensor of new Set(made.operands.map(({ tensor }) => tensor))) {
        const cells = made.operands.filter((each) => each.tensor === tensor);
        const matrix = matrices.find((each) => each.tensor === tensor);
        expect(matrix?.isFramed, `${opening} ${tensor}`).toBe(true);
        // Each of them, and nothing between.
        const wanted = cells.map(({ index }) => `${index.at(-2) ?? 0} ${index.at(-1)}`);
        expect(cellsIn(matrix!.lit), `${opening} ${tensor}`).toEqual([...new Set(wanted)].sort());
      }
      // What the line above leads to is of what is open.
      const lead = (await page.locator(".block-numbers").innerText()).split(",")[0]!;
      expect(
        matrices.map((each) => each.tensor),
        opening,
      ).toContain(lead);
      for (const { tensor, bold, framed } of matrices)
        if (framed) expect(framed, `${opening} ${tensor}`).toEqual(bold);
      expect(formula, opening).toMatch(/[=→] .+\.$/);
    }
  });
  model.dispose();
});

async function given(config: GptConfig): Promise<[Gpt, Gpt]> {
  const model = Gpt.create(config, { seed: 5 });
  return [model, model];
}

const cellOf = ({ descriptions }: Captured, tensor: string) =>
  descriptions.find(({ name }) => name === tensor)!.cell;

/** The cells of the regions that are framed. */
const cellsIn = (lit: string) =>
  lit
    .split(",")
    .flatMap((region) => {
      const [top, left, bottom, right] = region.split(" ").map(Number) as [number, number, number, number];
      const cells: string[] = [];
      for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) cells.push(`${y} ${x}`);
      return cells;
    })
    .sort();

/** How a cell came about, or of a copy the one that it is of. */
function sourceOf(all: Captured, tensor: string, index: string) {
  let made = explainCell(all, tensor, index.split(".").map(Number));
  while (cellOf(all, made.tensor)?.kind === "copy")
    made = explainCell(all, made.operands[0]!.tensor, made.operands[0]!.index);
  return made;
}

/** The colours of exp of a softmax's cells, each less the largest of its row: before they are divided. */
function expOf(all: Captured, tensor: string, head: number) {
  const cell = cellOf(all, tensor);
  if (cell?.kind !== "softmax") throw new Error(`${tensor} is no softmax.`);
  const { shape, data } = all.tensors.get(cell.x.tensor)!;
  const T = shape.at(-1)!;
  return Array.from({ length: T }, (_, row) => {
    const values = data.subarray((head * T + row) * T, (head * T + row + 1) * T);
    const largest = Math.max(...values);
    return Array.from(values, (value) => colourOf(Math.exp(value - largest), { scale: 1, isShare: true }));
  }).flat(2);
}

/** The colours of a tensor's plane as the palette has them, as many as are drawn. */
function coloursOf(
  all: Captured,
  { config }: Gpt,
  tensor: string,
  head: number,
  { size: [wide, high], isTurned }: { size: [number, number]; isTurned: boolean },
) {
  const { shape, data } = all.tensors.get(tensor)!;
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1)!];
  const planes = shape.length === 4 ? shape[1]! : 1;
  const own = Math.floor((head * planes) / config.nHead);
  const plane = data.subarray(own * rows * columns, (own + 1) * rows * columns);
  const { values, ...small } = pooled(plane, { planes: 1, rows, columns });
  const isShare = cellOf(all, tensor)?.kind === "softmax";
  const isMean = small.rowStep * small.columnStep > 1;
  const scale = isShare ? 1 : scaleOf(isMean ? values : data);
  expect(isTurned ? [high, wide] : [wide, high], tensor).toEqual([small.columns, small.rows]);
  return Array.from({ length: wide * high }, (_, at) => {
    const [y, x] = [Math.floor(at / wide), at % wide];
    const value = isTurned ? values[x * small.columns + y]! : values[y * small.columns + x]!;
    return colourOf(value, { scale, isShare });
  }).flat();
}

/** What moves is noted as it begins, so that no moment is waited for. */
const noteMoves = (page: Page) =>
  page.evaluate(() => {
    const moves: object[] = [];
    const { animate } = Element.prototype;
    Element.prototype.animate = function (frames, timing) {
      const { duration, direction } = timing as KeyframeAnimationOptions;
      moves.push({
        what: this.className,
        clip: (frames as PropertyIndexedKeyframes)["clipPath"],
        duration,
        direction,
      });
      return animate.call(this, frames, timing);
    };
    Object.assign(window, { moves });
  });

interface Move {
  readonly what: string;
  readonly clip?: readonly string[];
  readonly duration: number;
  readonly direction: string;
}

const movesOf = (page: Page) => page.evaluate(() => (window as unknown as { moves: Move[] }).moves.splice(0));

test.each<[string, () => Promise<[Gpt, Gpt?]>, other: ["next" | "mlp", number]]>([
  ["base", async () => [(await siteModel()).model], ["next", 1]],
  ["one with softcaps and a window", async () => given(gemma), ["mlp", 1]],
])(
  "%s, step by step: what has come about is drawn as computed, the rest is empty, what is framed are the operands",
  async (_, make, other) => {
    const [model, own] = await make();
    const all = await captured(model);
    const [layer, head, token] = [1, 3, 3];
    await workAt(site, own ? "" : "#v1/inside", async (page) => {
      if (own) await give(page, own);
      await page.emulateMedia({ reducedMotion: "reduce" });
      for (const [opening, at] of [["attention", layer], other] as const) {
        const hash = `#v1/inside?${new URLSearchParams({ text, open: opening, layer: `${at}`, head: `${head}`, token: `${token}` })}`;
        await page.goto(`${site.url}insight/${hash}`);
        if (opening === "attention" && own) await page.reload();
        await isOpened(page, opening, at, head);
        await noteMoves(page);
        const whole = await drawn(page);
        const made: string[] = [];
        const later: [tensor: string, isEmpty: boolean][] = [];
        for (let step = 1; ; step++) {
          // By keyboard alone; what would play makes a step, too, where nothing is to move.
          await page.keyboard.press(step === 1 ? "u" : "o");
          await page.locator(`.opened-part[data-at="${step}"]`).waitFor();
          await answered(page);
          expect(page.url()).toContain(`at=${step}`);
          const now = await drawn(page, "exp");
          const [, count] = /^(?:\d+) of (\d+)\. /.exec(now.words)!.map(Number);
          const [tensor, index] = now.told.split(" ") as [string, string];
          const { operands } = sourceOf(all, tensor, index);
          if (opening === "next" && step === count) {
            expect(await page.locator(".opened-next").isVisible()).toBe(true);
            break;
          }
          made.push(tensor);
          // The row of the chosen token, or of the last one, which the next token is made of.
          expect(Number(index.split(".").at(-2)), tensor).toBe(
            opening === "next" ? all.ids.length - 1 : token,
          );
          for (const matrix of now.matrices) {
            const isDivided =
              cellOf(all, matrix.tensor)?.kind === "softmax" && cellOf(all, tensor)?.kind === "sum-exp";
            if (isDivided) {
              const wanted = expOf(all, matrix.tensor, head);
              const far = matrix.rgb.reduce(
                (most, each, i) => Math.max(most, Math.abs(each - wanted[i]!)),
                0,
              );
              expect(far, `${tensor}: exp`).toBeLessThanOrEqual(1);
            } else if (!matrix.waits) expect(matrix.isThere, `${tensor}: ${matrix.tensor}`).toBe(true);
            else if (!made.includes(matrix.tensor)) later.push([matrix.tensor, matrix.isEmpty]);
          }
          for (const matrix of now.matrices.filter(({ waits }) => !waits)) {
            const cells = operands.filter((each) => each.tensor === matrix.tensor);
            const ends = [-2, -1].map((axis) => cells.map(({ index }) => index.at(axis) ?? 0)) as [
              number[],
              number[],
            ];
            const wanted = [Math.min, Math.max].flatMap((end) => ends.map((each) => end(...each)));
            expect(matrix.lit, `${tensor}: ${matrix.tensor}`).toBe(cells.length > 0 ? wanted.join(" ") : "");
          }
          if (step === count) break;
        }
        expect((await drawn(page)).matrices.map(({ rgb }) => rgb)).toEqual(
          whole.matrices.map(({ rgb }) => rgb),
        );
        // What is given waits as it is; what comes about later is not there.
        const empty = later.filter(([tensor]) => made.includes(tensor)).map(([, isEmpty]) => isEmpty);
        expect([...new Set(empty)], opening).toEqual([true]);
        expect(await movesOf(page)).toEqual([]);
      }
    });
    model.dispose();
  },
);

test("by mouse and keyboard: a press opens, arrows go on, a reload restores it, Escape closes it and the reader goes on", async () => {
  await workAt(site, "#v1/inside", async (page) => {
    await page.locator('.block-picture[data-block="0 0 7"]').waitFor({ timeout: 60_000 });
    const query = page.locator('.block-column[data-part="query"]');
    await query.press("Enter");
    await isOpened(page, "query", 0, 0);
    const told = (cell: string) => page.locator(`.opened-part[data-told="h.0.attn.q 0.0.${cell}"]`).waitFor();
    await told("7.0");
    await page.keyboard.press("ArrowUp");
    await told("6.0");
    await page.keyboard.press("ArrowRight");
    await told("6.1");
    const hash = await page.evaluate(() => location.hash);
    for (const each of ["open=query", "cell=0.0.6.1", "token=6"]) expect(hash).toContain(each);
    // It stands over the picture, and in sight.
    const boxes = await page.evaluate(() =>
      [".opened-place", ".more-right:has(.block-scroll)"].map((selector) => {
        const { left, right, top, bottom } = document.querySelector(selector)!.getBoundingClientRect();
        return [left, right, top, bottom];
      }),
    );
    // What comes next stays beside it.
    const edge = await page.locator(".block-next").evaluate((list) => list.getBoundingClientRect().left);
    const [[left, right, ...over], [from, , ...all]] = boxes as [number[], number[]];
    expect([left, over]).toEqual([from, all]);
    expect(edge - right!).toBeGreaterThan(0);
    expect(edge - right!).toBeLessThan(20);
    await page.reload();
    await isOpened(page, "query", 0, 0);
    await told("6.1");
    await page.locator(".opened-parts button", { hasText: "MLP" }).click();
    await isOpened(page, "mlp", 0, 0);
    expect(page.url()).toContain("open=mlp");
    // A slider changes what is listed beside it, and a draw goes on from there.
    const shares = () =>
      page
        .locator("[data-next]")
        .evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset["next"]));
    const usual = await shares();
    await page.getByRole("slider", { name: "temperature" }).fill("0.5");
    await expect.poll(shares).not.toEqual(usual);
    await page.getByRole("slider", { name: "temperature" }).fill("1");
    await expect.poll(shares).toEqual(usual);
    await page.getByRole("button", { name: "Draw one" }).click({ trial: true });
    await page.keyboard.press("Escape");
    await page.locator(".opened-place").waitFor({ state: "hidden" });
    expect(page.url()).not.toContain("open=");
    await page.locator('.block-column[data-part="weights"]').click({ position: { x: 20, y: 40 } });
    await isOpened(page, "attention", 0, 0);
    await page.locator('.opened-parts [aria-pressed="true"]').click();
    await page.locator(".opened-place").waitFor({ state: "hidden" });
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset["part"]))
      .toBe("weights");
    await page.locator("button.block-label.next").click();
    await isOpened(page, "next", 0, 0);
    expect(await page.locator(".opened-next th").allInnerTexts()).toContain("logit / temperature");
    expect(await page.locator(".opened-next tbody tr").count()).toBe(10);
    // The last step's sentence is the first row of the table, with any settings.
    await page.keyboard.press("i");
    await page.locator(".opened-words b", { hasText: "shares:" }).waitFor();
    for (const settings of ["topK=3", "topP=0.5", "temperature=0.5&topK=4&topP=0.8", "temperature=0", ""]) {
      await page.evaluate((settings) => {
        const kept = location.hash.replace(/[&?](temperature|topK|topP)=[^&]*/g, "");
        location.hash = `${kept}${settings && `&${settings}`}`;
      }, settings);
      await answered(page);
      const [words, logit, share] = await page.evaluate(() => {
        const cells = [...document.querySelectorAll(".opened-next tbody tr:first-child td")];
        const texts = cells.map((each) => each.textContent!);
        return [document.querySelector(".opened-words")!.textContent!, texts[1]!, texts.at(-1)!];
      });
      expect(words, settings).toContain(logit);
      expect(words, settings).toMatch(new RegExp(`(= |is )${share}\\.$`));
      const [, exp, sum] = / = ([\d.]+) \/ ([\d.]+) = /.exec(words) ?? [];
      if (settings === "temperature=0") expect([exp, share]).toEqual([undefined, "1"]);
      else expect(Number(exp) / Number(sum), settings).toBeCloseTo(Number(share), 2);
    }
    await page.keyboard.press("o");
    const scaled = () =>
      page
        .locator(".opened-next tbody tr:first-child td")
        .evaluateAll((cells) => cells.slice(1, 3).map(({ textContent }) => Number(textContent)));
    await page.getByRole("slider", { name: "temperature" }).fill("0.5");
    await expect
      .poll(async () => {
        const [logit, divided] = await scaled();
        return Math.abs(divided! / logit! - 2) < 0.02;
      })
      .toBe(true);
    // On a phone it is as wide as there is room for.
    await page.setViewportSize({ width: 390, height: 800 });
    await expect
      .poll(() =>
        page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.querySelector(".opened-scroll")!;
          return [scrollWidth <= clientWidth, document.documentElement.scrollWidth <= innerWidth];
        }),
      )
      .toEqual([true, true]);
  });
});

test("a press grows the part out of its column, and Escape takes it back; a link, and who wants nothing to move, have it at once", async () => {
  await workAt(site, "#v1/inside", async (page) => {
    await page.locator('.block-picture[data-block="0 0 7"]').waitFor({ timeout: 60_000 });
    await noteMoves(page);
    const whole = page.locator(".opened-place");
    const column = (part: string) => page.locator(`.block-column[data-part="${part}"]`);
    await column("query").press("Enter");
    await isOpened(page, "query", 0, 0);
    const insets = await page.evaluate(() => {
      const [all, part] = [".opened-part", '[data-part="query"]'].map((selector) =>
        document.querySelector(selector)!.getBoundingClientRect(),
      ) as [DOMRect, DOMRect];
      return [part.top - all.top, all.right - part.right, all.bottom - part.bottom, part.left - all.left];
    });
    const [grown] = (await movesOf(page)).filter(({ clip }) => clip);
    const [from, to] = grown!.clip!.map((clip) => [...clip.matchAll(/-?[\d.]+/g)].map(Number));
    for (const [at, inset] of insets.entries()) expect(Math.abs(from![at]! - inset)).toBeLessThan(2);
    expect([to, grown!.direction]).toEqual([[0], "normal"]);
    expect(grown!.duration).toBeLessThanOrEqual(600);
    // Opened and closed faster than it grows: what was asked last is there, and all of it.
    await page.keyboard.press("Escape");
    await column("value").press("Enter");
    await page.keyboard.press("Escape");
    await column("weights").press("Enter");
    await isOpened(page, "attention", 0, 0);
    await page.locator(".opened-passing").first().waitFor({ state: "detached" });
    expect((await movesOf(page)).filter(({ clip }) => clip).map(({ direction }) => direction)).toContain(
      "reverse",
    );
    expect(await whole.evaluate((each: HTMLElement) => [each.hidden, each.inert])).toEqual([false, false]);
    expect(await page.locator(".opened-part").evaluate((each) => each.getAnimations().length)).toBe(0);
    // A film is skipped by going on, and its last step is all that was there.
    const before = await drawn(page);
    await page.keyboard.press("u");
    for (const step of [1, 2, 3, 4, 5]) {
      await page.locator(`.opened-part[data-at="${step}"]`).waitFor();
      if (step < 5) await page.keyboard.press("o");
    }
    await expect
      .poll(async () => (await drawn(page)).matrices.map(({ rgb }) => rgb))
      .toEqual(before.matrices.map(({ rgb }) => rgb));
    expect(page.url()).toContain("at=5");
    await page.keyboard.press("o");
    await expect.poll(() => page.url()).not.toContain("at=");
    await page.keyboard.press("Escape");
    await whole.waitFor({ state: "hidden" });
    await movesOf(page);
    await page.evaluate(() => {
      location.hash = "#v1/inside?open=mlp&at=1";
    });
    await page.locator('.opened-part[data-opened="mlp 0 0"][data-at="1"]').waitFor();
    await page.evaluate(() => history.back());
    await whole.waitFor({ state: "hidden" });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await column("key").press("Enter");
    await isOpened(page, "key", 0, 0);
    await page.keyboard.press("Escape");
    await whole.waitFor({ state: "hidden" });
    expect(await movesOf(page)).toEqual([]);
  });
});

test.each([
  [390, 844],
  [360, 740],
  [844, 390],
])(
  "in a window of %i x %i an opened part is as high as it needs, and as wide as there is room",
  async (width, height) => {
    await workAt(site, "", async (page) => {
      await page.setViewportSize({ width, height });
      for (const opening of ["attention", "query", "mlp"]) {
        await page.goto(`${site.url}insight/#v1/inside?open=${opening}`);
        await isOpened(page, opening, 0, 0);
        await answered(page);
        const measured = () =>
          page.evaluate(() => {
            const scroll = document.querySelector(".opened-scroll")!;
            const { left, right } = scroll.getBoundingClientRect();
            const canvases = [...document.querySelectorAll(".opened-chain canvas")].filter(
              ({ clientWidth }) => clientWidth > 0,
            );
            return {
              isHidden: scroll.scrollHeight > scroll.clientHeight + 1,
              isAny: canvases.length > 0,
              // None is cut: all of it stands in what is seen of it.
              isCut: canvases.some((each) => {
                const own = each.getBoundingClientRect();
                return own.left < left - 1 || own.right > right + 1;
              }),
              buttons: [...document.querySelectorAll(".opened-parts button")].every((each) => {
                const own = each.getBoundingClientRect();
                return own.left >= 0 && own.right <= innerWidth;
              }),
            };
          });
        await expect
          .poll(measured, { message: opening })
          .toEqual({ isHidden: false, isAny: true, isCut: false, buttons: true });
      }
    });
  },
);

test("of a long text squares take most of an opened part's width, and each weight is seen in the block's picture", async () => {
  const long =
    "The model is trained on a text that people have written, and it learns which token comes next in it";
  await workAt(site, `#v1/inside?${new URLSearchParams({ text: long })}`, async (page) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await answered(page);
    await page.locator(".dots.weights [data-key]").first().waitFor();
    const least = () =>
      page.evaluate(() =>
        Math.min(
          ...[...document.querySelectorAll(".dots.weights [data-key]")].map(
            (each) => each.getBoundingClientRect().width,
          ),
        ),
      );
    await expect.poll(least).toBeGreaterThan(2);
    await page.goto(
      `${site.url}insight/#v1/inside?${new URLSearchParams({ text: long, open: "attention" })}`,
    );
    await isOpened(page, "attention", 0, 0);
    const share = () =>
      page.evaluate(() => {
        const squares = [...document.querySelectorAll(".opened-chain .square canvas")];
        const wide = squares.reduce((sum, { clientWidth }) => sum + clientWidth, 0);
        return wide / document.querySelector(".opened-scroll")!.clientWidth;
      });
    await expect.poll(share).toBeGreaterThan(0.48);
  });
});

test("a chain is written by what a description says: copies are followed, and what was just made comes first", () => {
  const descriptions = describeModel(llama, { detail: true });
  const all = new Map(descriptions.map((each) => [each.name, each]));
  const written = (made: string, ...given: string[]) =>
    chainOf(all, made, new Set(given)).map(({ terms, sign, made }) =>
      [...terms.flatMap(({ sign, tensor, isTurned }) => [sign, tensor + (isTurned ? "ᵀ" : "")]), sign, made]
        .filter(Boolean)
        .join(" ")
        .replaceAll("h.0.", ""),
    );
  expect(written("h.0.mlp.c_proj", "h.0.ln_2")).toEqual([
    "ln_2 × mlp.c_fc.weight = mlp.gate",
    "mlp.gate silu → mlp.activated",
    "ln_2 × mlp.c_fc.weight = mlp.up",
    "mlp.up ⊙ mlp.activated = mlp.gated",
    "mlp.gated × mlp.c_proj.weight = mlp.c_proj",
  ]);
  expect(written("h.0.attn.q_rotated", "h.0.ln_1")).toEqual([
    "ln_1 × attn.c_attn.weight = attn.q",
    "attn.q ↻ attn.rope = attn.q_rotated",
  ]);
  expect(written("h.0.attn.weights", "h.0.attn.q_rotated", "h.0.attn.k_rotated")).toEqual([
    "attn.q_rotated × attn.k_rotatedᵀ / √8 = attn.scores",
    "attn.scores mask → attn.masked",
    "exp ( attn.masked − attn.weights.max ) ÷ attn.weights.sum = attn.weights",
  ]);
});

// Where a cell is, in words and beside the picture, and that one head is chosen for both pictures of attention.
import { fileURLToPath } from "node:url";
import { completeConfig, Gpt, type GptConfig } from "@llm/gpt";
import { capture, describe as describeModel } from "@llm/gpt/inspect";
import { tensor, useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { axesOf, cellWords } from "../insight/cells/words.js";
import { tokenTexts } from "../insight/engine/token-texts.js";
import { purposeOf } from "../insight/purposes.js";
import { statisticOf } from "../insight/statistics.js";
import { openInsight, workAt, workIn } from "./insight.js";

const site = openInsight();

/** No two lengths are equal, so that each says what it counts. */
const plain: GptConfig = { vocabSize: 97, blockSize: 31, nLayer: 1, nHead: 4, nEmbd: 24 };
const configs: GptConfig[] = [
  plain,
  {
    ...plain,
    ...{ nKvHead: 2, norm: "rms", mlp: { kind: "gated", width: 40 }, activation: "silu", tied: false },
    ...{ position: "rope", qkNorm: "before-rope", postNorm: true, bias: { head: true } },
  },
  {
    ...plain,
    ...{ position: "rope", qkNorm: "after-rope", valueEmbeddings: true, residualScalars: true, softcap: 15 },
    ...{ attentionSoftcap: 20, embeddingNorm: true, embeddingScale: 2, tied: false },
  },
];

test("the name of every tensor says what its axes count, and what it is for", () => {
  const wrong: unknown[] = [];
  for (const config of configs) {
    const { nHead, nKvHead, vocabSize } = completeConfig(config);
    for (const { name, shape, cell } of describeModel(config, { detail: true })) {
      const axes = axesOf(name, shape.length);
      const counts = (extent: (typeof shape)[number]) => {
        if (extent === "B") return "text";
        if (extent === "T") return "position";
        if (extent === vocabSize) return "token";
        return extent === nHead || extent === nKvHead ? "head" : undefined;
      };
      const expected = shape.map((extent, i) => counts(extent) ?? axes[i]?.counts);
      if (JSON.stringify(axes.map(({ counts }) => counts)) !== JSON.stringify(expected)) wrong.push(name);
      if (axes.some(({ of }, i) => (of === "text") !== (shape[i] === "T"))) wrong.push(name);
      if (!purposeOf(name)) wrong.push(name);
      const isOneOfARow = ["mean", "rstd", "max", "sum-exp"].includes(cell?.kind ?? "");
      if ((statisticOf(name) !== undefined) !== isOneOfARow) wrong.push(name);
    }
  }
  expect(wrong).toEqual([]);
});

test("a cell in words: who looks at whom, a position with its token, a token of the vocabulary", () => {
  const tokens = { text: ["T", " is", "T", "\n"], vocabulary: ["a", " b"] };
  for (const [tensor, index, words] of [
    ["h.0.attn.weights", [0, 3, 1, 0], 'head 3: "␣is" (1) looks at "T" (0)'],
    ["h.0.attn.weights", [0, 3, 0, 1], 'head 3: "T" (0) does not see "␣is" (1): it comes later'],
    ["h.0.attn.scores", [0, 3, 0, 1], 'head 3: "T" (0) will not see "␣is" (1): it comes later'],
    ["h.11.attn.k_rotated", [0, 1, 3, 2], 'head 1, position 3 ("⏎"), channel 2'],
    ["h.0.residual_1", [0, 1, 3], 'position 1 ("␣is"), channel 3'],
    ["ln_f.rstd", [0, 1, 0], 'position 1 ("␣is")'],
    ["wte.weight", [1, 3], 'token 1 ("␣b"), channel 3'],
    ["wpe.weight", [1, 3], "position 1, channel 3"],
    ["h.0.attn.c_proj.weight", [1, 3], "input 1, output 3"],
    ["logits", [0, 1, 0], 'position 1 ("␣is"), token 0 ("a")'],
    ["logits", [0, 9, 9], "position 9, token 9"],
  ] as const) {
    expect(cellWords(tensor, index, tokens)).toBe(words);
  }
  // Where heads of queries share one of keys and values, it is told which heads are counted.
  for (const [name, words] of [
    ["q_rotated", 'head 1, position 3 ("⏎"), channel 2'],
    ["k_rotated", 'key head 1, position 3 ("⏎"), channel 2'],
    ["v", 'value head 1, position 3 ("⏎"), channel 2'],
  ])
    expect(cellWords(`h.11.attn.${name}`, [0, 1, 3, 2], { ...tokens, isGrouped: true })).toBe(words);
});

const words = (page: Page) => page.locator(".cell-value span").innerText();
/**
 * What stands on one side of the cells, where there is room, which of them is the chosen one's, and where the middles are of those
 * that are shown. All is read at once: names that are drawn anew meanwhile would be nowhere.
 */
const beside = (page: Page, side: "left" | "top", part = ".cell-panel") =>
  page.evaluate(
    ([part, side]) => {
      const all = [...document.querySelectorAll<HTMLElement>(`${part} .axis-${side} span`)];
      const middle = ({ x, y, width, height }: DOMRect) => (side === "left" ? y + height / 2 : x + width / 2);
      return {
        texts: all.map(({ textContent }) => textContent),
        chosen: all.findIndex((one) => one.classList.contains("chosen")),
        isSeen: all.map((one) => one.checkVisibility()),
        middles: all.filter(({ hidden }) => !hidden).map((one) => middle(one.getBoundingClientRect())),
      };
    },
    [part, side] as const,
  );

test.each([
  ["heads", 4],
  ["channels of a head", 16],
])("as many tokens as %s: each axis has the names of what it counts", async (_, T) => {
  const text = Array.from({ length: T }, (_, at) => (at * 7) % 10);
  const at = (tensor: string, cell: string) =>
    `#v1/inside?${new URLSearchParams({ model: "copier", text: text.join(" "), tensor, cell })}`;
  await workIn(site, async (page) => {
    const show = async (tensor: string, cell: string) => {
      await page.goto(`${site.url}insight/${at(tensor, cell)}`);
      await page.locator(`[data-cell="${tensor} ${cell}"]`).waitFor({ timeout: 60_000 });
    };
    const tokens = text.map(String);
    await show("h.0.attn.weights", "0.1.3.2");
    expect(await words(page)).toBe(`head 1: "${text[3]}" (3) looks at "${text[2]}" (2)`);
    expect(await beside(page, "left")).toMatchObject({ texts: tokens, chosen: 3 });
    expect(await beside(page, "top")).toMatchObject({ texts: tokens, chosen: 2 });
    await show("h.0.attn.q", "0.1.3.2");
    expect(await words(page)).toBe(`head 1, position 3 ("${text[3]}"), channel 2`);
    expect((await beside(page, "left")).texts).toEqual(tokens);
    expect((await beside(page, "top")).texts).toEqual([]);
    await show("wte.weight", "3.2");
    expect(await words(page)).toBe('token 3 ("3"), channel 2');
    await show("logits", "0.3.11");
    expect(await words(page)).toBe(`position 3 ("${text[3]}"), token 11 ("b")`);
    expect((await beside(page, "top")).texts.slice(0, 12)).toEqual([..."0123456789ab"]);
  });
});

/** What the last of "d 7 k d" looks at most, in each head of layer 1. */
async function lookedAt(): Promise<(head: number) => number> {
  await useEngine("wasm", { threads: 1 });
  const model = await Gpt.load(fileURLToPath(new URL("../public/insight/copier", import.meta.url)));
  const texts = tokenTexts(model.vocabSize, undefined);
  const ids = ["d", "7", "k", "d"].map((text) => texts.indexOf(text));
  const { tensors } = await capture(model, tensor(ids, [1, 4], "int32"), { detail: true });
  model.dispose();
  const { data } = tensors.get("h.1.attn.weights")!;
  return (head) => {
    const row = Array.from(data.subarray(16 * head + 12, 16 * head + 16));
    return row.indexOf(Math.max(...row));
  };
}

test("the large map and the cells of its layer show one head, whichever is moved", async () => {
  const key = await lookedAt();
  await workAt(site, "#v1/inside?model=copier&text=d+7+k+d&tensor=h.1.attn.weights&layer=1", async (page) => {
    const pressed = (head: number) =>
      page.locator(`.attention-maps [aria-label="Block 1, head ${head}"][aria-pressed="true"]`).waitFor();
    await page.locator(`[data-cell="h.1.attn.weights 0.0.3.${key(0)}"]`).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Block 1, head 2" }).click();
    await page.locator(`[data-cell="h.1.attn.weights 0.2.3.${key(2)}"]`).waitFor();
    expect(await page.locator(".cell-planes").innerText()).toContain("head 2 (0 to 3)");
    await page.locator(".cell-planes input").press("ArrowRight");
    await page.locator(`[data-cell="h.1.attn.weights 0.3.3.${key(2)}"]`).waitFor();
    await pressed(3);
    // Another tensor of the layer has the same head, another layer's map leaves it.
    await page.locator(".insight").focus();
    for (const name of ["sum", "max"]) {
      await page.keyboard.press("j");
      await page.locator(`[data-cell="h.1.attn.weights.${name} 0.3.3.0"]`).waitFor();
    }
    await page.keyboard.press("j");
    await page.locator(`[data-cell="h.1.attn.masked 0.3.3.${key(3)}"]`).waitFor();
    await page.getByRole("button", { name: "Block 0, head 1" }).click();
    await page.locator('.attention-maps [aria-label="Block 0, head 1"][aria-pressed="true"]').waitFor();
    expect(await page.locator(".cell-planes").innerText()).toContain("head 3 (0 to 3)");
    await page.goBack();
    await pressed(3);
    await page.goto(`${site.url}insight/#v1/inside?model=copier&text=d+7+k&tensor=h.1.attn.q&layer=1&head=9`);
    await page.locator('[data-cell="h.1.attn.q 0.3.2.0"]').waitFor();
  });
});

test.each([360, 1280])(
  "48 tokens at %i px: labels do not cover each other, the chosen ones are there",
  async (width) => {
    const text = Array.from({ length: 48 }, (_, at) => (at * 7) % 32).map((id) => (id < 10 ? id : "k"));
    await workIn(site, async (page) => {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${site.url}insight/#v1/inside?model=copier&text=${text.join("+")}`);
      await page.locator("[data-shown][data-cell]").waitFor({ timeout: 60_000 });
      await page.locator(".attention-large canvas").focus();
      const opened = await beside(page, "top", ".attention-large");
      for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowUp");
      for (const side of ["left", "top"] as const) {
        const { texts, chosen, isSeen, middles } = await beside(page, side, ".attention-large");
        expect(texts).toEqual(text.map(String));
        expect(chosen).toBe(side === "left" ? 47 - 7 : opened.chosen);
        expect(isSeen[chosen]).toBe(true);
        expect(isSeen.filter(Boolean).length).toBeGreaterThan(8);
        const gaps = middles.slice(1).map((place, i) => place - middles[i]!);
        expect(Math.min(...gaps)).toBeGreaterThan(12);
      }
      const isWide = width > 900;
      const [maps, lens] = await Promise.all(
        [".attention", ".lens"].map((part) => page.locator(part).boundingBox()),
      );
      expect(lens!.x > maps!.x + maps!.width - 1).toBe(isWide);
      // The table is wider than its frame, which says so until its end is reached.
      await page.locator(".more-right.more > .lens").waitFor();
      await page.locator(".lens").evaluate((table) => table.scrollTo({ left: table.scrollWidth }));
      await page.locator(".more-right:not(.more) > .lens").waitFor();
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
    });
  },
);

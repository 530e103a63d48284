import { fileURLToPath } from "node:url";
import { Gpt } from "@llm/gpt";
import { capture } from "@llm/gpt/inspect";
import { tensor, useEngine } from "@llm/tensor";
import { expect, test } from "vitest";
import { ALL_INPUTS, sortedRight } from "../models/sorter.js";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();

test("the sorter that is served sorts all inputs, and is of nano-gpt's shape", async () => {
  await useEngine("wasm", { threads: 1 });
  const model = await Gpt.load(fileURLToPath(new URL("../public/insight/sorter", import.meta.url)));
  const { vocabSize, blockSize, nLayer, nHead, nEmbd, position, norm, activation } = model.config;
  expect({ vocabSize, blockSize, nLayer, nHead, nEmbd }).toEqual({
    ...{ vocabSize: 3, blockSize: 11, nLayer: 3, nHead: 3, nEmbd: 48 },
  });
  expect([position, norm, activation]).toEqual(["learned", "layer", "gelu"]);
  expect(ALL_INPUTS.length).toBe(729);
  expect(new Set(ALL_INPUTS.map(String)).size).toBe(729);
  expect(await sortedRight(model)).toBe(729);
  model.dispose();
});

test("what the walk in 3D says of it is so: each row picks the right letter", async () => {
  await useEngine("wasm", { threads: 1 });
  const model = await Gpt.load(fileURLToPath(new URL("../public/insight/sorter", import.meta.url)));
  for (const input of ALL_INPUTS.filter((_, i) => i % 20 === 0)) {
    const sorted = [...input].sort();
    const { tensors } = await capture(model, tensor([...input, ...sorted.slice(0, 5)], [1, 11], "int32"), {
      detail: true,
    });
    const probabilities = tensors.get("probabilities")!.data;
    for (let row = 5; row < 11; row++) {
      expect(probabilities[row * 3 + sorted[row - 5]!]).toBeGreaterThan(0.99);
    }
  }
  model.dispose();
});

test("Sampling offers it with a text of its own, and draws the letters in order", async () => {
  await workAt(site, "#v1/sampling", async (page) => {
    const shown = (ids: string) => page.locator(`[data-shown="${ids}"]`).waitFor({ timeout: 60_000 });
    const text = page.getByLabel("Text that the model continues");
    const model = page.getByRole("combobox", { name: "Model" });
    const first = await text.inputValue();
    await model.selectOption("sorter");
    expect(await text.inputValue()).toBe("C B A B B C");
    await shown("2.1.0.1.1.2");
    let ids = "2.1.0.1.1.2";
    for (const id of [0, 1, 1, 1, 2, 2]) {
      await page.getByRole("button", { name: "Draw (d)" }).click();
      ids += `.${id}`;
      // It sees 11 letters.
      await shown(ids.split(".").slice(-11).join("."));
    }
    expect(await page.locator(".sampling-text strong").innerText()).toBe(" A B B B C C");
    await model.selectOption("copier");
    await model.selectOption("base-5");
    expect(await text.inputValue()).toBe(first);
    await model.selectOption("sorter");
    await text.fill("ACABBA");
    await shown("0.2.0.1.1.0");
    // The reader's own text stays.
    await model.selectOption("copier");
    expect(await text.inputValue()).toBe("ACABBA");
  });
});

test("Inside names its letters, and where it cannot be asked for digits the page says so", async () => {
  await workAt(site, "#v1/inside?model=sorter&text=CBABBC", async (page) => {
    await page.locator('[data-shown^="sorter "]').waitFor({ timeout: 60_000 });
    expect(await page.locator(".lens th[scope=col]").allInnerTexts()).toEqual(["after", ..."CBABBC"]);
  });
  await workAt(site, "#v1/before?part=shots&learner=sorter", async (page) => {
    const warning = page.locator(".insight-warning");
    await expect.poll(() => warning.innerText(), { timeout: 60_000 }).toContain("no tokens for letters");
  });
});

test("In 3D its letters stand at what counts them, and at a shape without tokens none do", async () => {
  await workAt(site, "#v1/space?model=sorter&text=CBABBC&chapter=9&phase=5", async (page) => {
    const shown = (look: string) =>
      page.evaluate(
        (look) =>
          [...document.querySelectorAll<HTMLElement>(`.space-token.${look}`)]
            .filter(({ hidden }) => !hidden)
            .map(({ textContent }) => textContent),
        look,
      );
    await expect.poll(() => shown("column"), { timeout: 60_000 }).toEqual([..."ABC"]);
    expect(await shown("row")).toEqual([..."CBABBC"]);
    await page.goto(`${site.url}insight/#v1/space?shape=nano&chapter=9&phase=5`);
    await page.locator('[data-shown^="nano"]').waitFor();
    await expect.poll(async () => [...(await shown("column")), ...(await shown("row"))]).toEqual([]);
  });
});

test("a link to it alone reads letters, and its shape has no position beyond its context", async () => {
  await workAt(site, "#v1/space?model=sorter", async (page) => {
    await page.locator('[data-shown="model 2.1.0.1.1.2"]').waitFor({ timeout: 60_000 });
    // A tensor that is chosen beside a chapter about others stands out all the same.
    await page.goto(`${site.url}insight/#v1/space?shape=nano&chapter=5&tensor=embedding&cell=0.10.3`);
    await page.locator('[data-cell="embedding 0.10.3"]').waitFor({ timeout: 60_000 });
    await page.getByText("every tensor").click();
    await page.getByRole("cell", { name: "1 × 11 × 48" }).first().waitFor();
  });
});

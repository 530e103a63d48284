// A model of GPT-2's size, with random weights, as a reader opens it.
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Tokenizer, train as trainTokenizer } from "@llm/bpe";
import { Gpt, presets } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();
let folder: string;
let tokenizer: Tokenizer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llm-gpt2-"));
  await useEngine("auto");
  const model = Gpt.create(presets.gpt2, { seed: 1 });
  await mkdir(join(folder, "gpt2"));
  await model.save(join(folder, "gpt2"));
  model.dispose();
  tokenizer = await trainTokenizer("the cat sat on the mat and the dog sat on the log ".repeat(4), {
    vocabSize: 280,
  });
  const { vocab, merges } = JSON.parse(JSON.stringify(tokenizer.toHF())).model as {
    vocab: Record<string, number>;
    merges: (string | [string, string])[];
  };
  // As GPT-2's own folder has it.
  await writeFile(join(folder, "gpt2/vocab.json"), JSON.stringify(vocab));
  const lines = merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  await writeFile(join(folder, "gpt2/merges.txt"), `#version: 0.2\n${lines.join("\n")}\n`);
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const choose = (page: Page, name: string) =>
  page.locator(".insight-run").getByLabel("or its folder").setInputFiles(join(folder, name));

test("its size and memory are said before it is opened; then every view of it is there", {
  timeout: 900_000,
}, async () => {
  await workAt(site, "#v1/space?text=the+cat", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const shown = await page.locator("[data-shown]").getAttribute("data-shown");
    const panel = page.locator(".insight-run");
    await choose(page, "gpt2");
    await panel.getByText(/has 124 million numbers.*up to 3\.2 GB of memory/).waitFor({ timeout: 60_000 });
    await panel.getByRole("button", { name: "Leave it" }).press("Enter");
    await panel.getByText("The model was not opened. What was open before stays.").waitFor();
    expect(await page.locator("[data-shown]").getAttribute("data-shown")).toBe(shown);

    await choose(page, "gpt2");
    await panel.getByRole("button", { name: "Open it" }).press("Enter");
    await panel.getByText("Open: a model.").waitFor({ timeout: 300_000 });
    const ids = [...tokenizer.encodeOrdinary("the cat")].join(".");
    await page.locator(`[data-shown$="${ids}"]`).waitFor({ timeout: 300_000 });
    expect(await page.locator(".insight-warning").innerText()).toBe("");
    expect(await page.locator(".insight-live").innerText()).toContain("124,439,808 weights");
    const canvas = page.locator(".space-picture canvas");
    expect(Number(await canvas.getAttribute("data-calls"))).toBeLessThanOrEqual(4);
    await page.getByRole("combobox", { name: "Tensor", exact: true }).selectOption("h.11.attn.weights");
    await page.locator('[data-cell^="h.11.attn.weights"]').waitFor({ timeout: 60_000 });

    await page.getByRole("link", { name: "Inside", exact: true }).click();
    await page.locator(".scheme-box").first().waitFor({ state: "attached", timeout: 300_000 });
    await page.locator('[data-tensor="h.5.mlp.c_fc.weight"]').evaluate((box) => {
      box.closest("details")!.open = true;
    });
    await page.locator('.scheme-box[data-tensor="h.5.mlp.c_fc.weight"]').press("Enter");
    await page.locator('[data-cell^="h.5.mlp.c_fc.weight"]').waitFor({ timeout: 60_000 });
    expect(await page.locator(".insight-warning").innerText()).toBe("");
  });
});

test("what is larger, or in other files, is refused with its size and a way out; what was open stays", async () => {
  for (const [name, file, bytes] of [
    ["medium", "model.safetensors", 1.5e9],
    ["shards", "model-00001-of-00002.safetensors", 4e9],
    ["old", "pytorch_model.bin", 5e8],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "config.json"), "{}");
    await writeFile(join(folder, name, file), "");
    await truncate(join(folder, name, file), bytes);
  }
  await workAt(site, "#v1/space", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const warning = page.locator(".insight-warning");
    for (const [name, words] of [
      ["medium", /has 1,500 MB, and this page opens at most 600 MB\. That is enough for GPT-2/],
      ["shards", /one model\.safetensors of at most 600 MB, and these have 4,000 MB/],
      ["old", /pytorch_model\.bin is not opened here.*save_pretrained/],
    ] as const) {
      await choose(page, name);
      await warning.filter({ hasText: words }).waitFor({ timeout: 60_000 });
      expect(await warning.innerText()).toContain("What was open before stays.");
    }
  });
});

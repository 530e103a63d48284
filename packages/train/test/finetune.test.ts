import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { finetune } from "../recipes/finetune-run.js";

interface Golden {
  losses: number[];
  logits: number[];
}
const golden: Record<"full" | "lora", Golden> = JSON.parse(
  readFileSync(new URL("./golden/finetune.json", import.meta.url), "utf8"),
);
const data = process.env["LLM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const [model, textFile] = [join(data, "trained-model"), join(data, "tinyshakespeare.txt")];
const isThere = existsSync(model) && existsSync(textFile);
const where = isThere
  ? ""
  : ": skipped, set LLM_DATA to a folder that has trained-model and tinyshakespeare.txt";

/** The largest difference. */
function difference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

// What transformers and PEFT say of it in float32: recipes/twin/finetune.py.
describe.skipIf(!isThere)(`50 steps of finetuning a trained model${where}`, () => {
  beforeAll(async () => {
    await useEngine("auto");
  });

  test.each(["full", "lora"] as const)("%s: the losses and the logits of PyTorch", async (method) => {
    const text = readFileSync(textFile, "utf8").slice(0, 40_000);
    const { losses, logits } = await finetune({ model, text, method, steps: 50 });
    expect(difference(losses, golden[method].losses)).toBeLessThan(1e-5);
    expect(difference(logits, golden[method].logits)).toBeLessThan(2e-5);
  });
});

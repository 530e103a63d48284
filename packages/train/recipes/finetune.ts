// Finetunes a model of a published family on a text, all weights or LoRA, and writes what PyTorch needs to do the same.
//
//     npx tsx --conditions=@llm/source packages/train/recipes/finetune.ts MODEL_FOLDER TEXT_FILE --method full | lora --twin FOLDER
//     OMP_NUM_THREADS=1 python packages/train/recipes/twin/finetune.py FOLDER MODEL_FOLDER
//     npx tsx --conditions=@llm/source packages/train/recipes/compare.ts FOLDER
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { useEngine } from "@llm/tensor";
import { BETAS, batchesOf, finetune, ratesOf, SETTINGS } from "./finetune-run.js";
import { writeResult, writeTwin } from "./twin/twin-folder.js";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    method: { type: "string", default: "lora" },
    steps: { type: "string", default: "50" },
    threads: { type: "string" },
    twin: { type: "string" },
  },
});
const [model, path] = positionals;
if (!model || !path) {
  console.error("usage: finetune.ts <model folder> <text file> [--method full | lora] [--twin folder]");
  process.exit(2);
}
const method = flags.method as "full" | "lora";
const steps = Number(flags.steps);
const text = await readFile(path, "utf8");
const engine = await useEngine("auto", flags.threads ? { threads: Number(flags.threads) } : {});
if (flags.twin) {
  const name = `${basename(model)}, ${method}`;
  const rates = { ...ratesOf(method), betas: BETAS };
  const plan = { ...SETTINGS, ...rates, name, config: {}, steps, valBatches: 1 };
  await writeTwin(flags.twin, [], await batchesOf(model, text), plan);
}
const result = await finetune({ model, text, method, steps, ...(flags.twin ? { folder: flags.twin } : {}) });
for (const [i, loss] of result.losses.entries()) {
  if (i % 10 === 0 || i === steps - 1) console.log(`step ${i + 1}: loss ${loss.toFixed(4)}`);
}
if (flags.twin) writeResult(flags.twin, { engine: engine.name, ...result });

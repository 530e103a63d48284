import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Gpt } from "@llm/gpt";
import { lora } from "@llm/gpt/lora";
import { rng, scope, tensor, useEngine } from "@llm/tensor";
import { expect, test } from "vitest";
import { sft } from "../../src/index.js";

const python = process.env["LLM_PYTHON"] ?? "python3";
const hasPeft = spawnSync(python, ["-c", "import torch, transformers, peft"]).status === 0;
const where = hasPeft ? "" : ` (skipped: ${python} has no peft; set LLM_PYTHON)`;
/** Opens adapters that another program wrote, and prints their logits. */
const script = fileURLToPath(new URL("../../../gpt/test/golden/lora.py", import.meta.url));

test.skipIf(!hasPeft)(
  `PEFT opens an adapter that sft trained, and agrees${where}`,
  async () => {
    await useEngine("reference");
    const folder = mkdtempSync(join(tmpdir(), "llm-train-adapter-"));
    try {
      const config = {
        ...{ vocabSize: 20, blockSize: 16, nLayer: 2, nHead: 4, nKvHead: 2, nEmbd: 16, bias: false },
        ...({
          position: "rope",
          norm: "rms",
          activation: "silu",
          mlp: { kind: "gated", width: 24 },
        } as const),
      };
      const base = Gpt.create(config, { seed: 1 });
      await base.save(join(folder, "base"));
      const model = lora(base, { rank: 2, alpha: 4, seed: 1, targets: "all-linear" });
      const draw = rng(3);
      const conversations = Array.from({ length: 12 }, () => ({
        ids: Array.from({ length: 8 }, () => Math.floor(draw() * 20)),
        mask: [0, 0, 0, 0, 1, 1, 1, 1],
      }));
      const ids = [1, 5, 2, 8, 3, 7];
      const logits = async () => {
        const answer = scope(() => model.forward(tensor(ids, [1, 6], "int32")));
        return [...(await answer.data())];
      };
      const before = await logits();
      for await (const _ of sft(model, conversations, {
        ...{ render: (conversation) => conversation, batchSize: 2, blockSize: 16, epochs: 4, lr: 2e-2 },
      }));
      await model.saveAdapter(join(folder, "adapter"));
      const ours = await logits();
      const answer = execFileSync(
        python,
        [script, JSON.stringify(ids), join(folder, "base"), join(folder, "adapter")],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      );
      const [[theirs]] = JSON.parse(answer) as [[number[], number[]]];
      const difference = (a: number[], b: number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));
      expect(difference(ours, before)).toBeGreaterThan(0.05);
      expect(difference(ours, theirs)).toBeLessThan(1e-5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  300_000,
);

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tensor, useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { Gpt } from "../src/index.js";

const folder = join(
  process.env["LLM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data"),
  "trained-model",
);

// A small Llama with trained weights, and what transformers says of it in float32.
describe.skipIf(!existsSync(folder)).each(["reference", "wasm", "auto"] as const)(
  "trained weights, %s",
  (engine) => {
    test("the logits, the loss and the greedy text of transformers", async () => {
      await useEngine(engine);
      const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
      const model = await Gpt.load(folder);
      const { ids } = golden as { ids: number[] };
      const { vocabSize } = model;
      const logits = await model.forward(tensor(ids, [1, ids.length], "int32")).data();
      const last = logits.subarray(-vocabSize);
      expect(last.length).toBe(golden.last_logits.length);
      for (const [i, logit] of (golden.last_logits as number[]).entries()) {
        expect(Math.abs(last[i]! - logit)).toBeLessThan(1e-4);
      }
      const T = ids.length - 1;
      const [mean] = await model
        .loss(tensor(ids.slice(0, T), [1, T], "int32"), tensor(ids.slice(1), [1, T], "int32"))
        .data();
      expect(Math.abs(mean! * T - golden.nll_sum_nats)).toBeLessThan(1e-3);

      const wanted = golden.greedy_from_first_8 as number[];
      const session = model.session();
      let [row] = await session.step([{ row: 0, ids: wanted.slice(0, 8) }]);
      const found = wanted.slice(0, 8);
      while (found.length < wanted.length) {
        found.push(row!.indexOf(Math.max(...row!)));
        [row] = await session.step([{ row: 0, ids: [found.at(-1)!] }]);
      }
      expect(found).toEqual(wanted);
      session.dispose();
      model.dispose();
    });
  },
);

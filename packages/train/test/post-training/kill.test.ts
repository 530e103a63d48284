import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { rng } from "@llm/tensor";
import { expect, test } from "vitest";
import { bundle } from "../node/fixture/bundle.js";

const KILLS = 10;

/** A process that trains; `begun` is when it says so. */
function start(child: string, folder: string, method: string) {
  const running = spawn(process.execPath, [child, folder, method], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  const begun = new Promise<void>((resolve, reject) => {
    running.stdout.on("data", (data) => {
      printed += data;
      if (printed.includes("begins")) resolve();
    });
    running.on("exit", () => reject(new Error(`the run ended before it began: ${printed}`)));
  });
  const ended = once(running, "exit").then(([code, signal]) => (signal ?? code) as string | number);
  return { begun, ended, kill: () => running.kill("SIGKILL"), last: () => printed.trim().split("\n").at(-1) };
}

// For `npm run test:long`.
test.skipIf(import.meta.env.MODE !== "long").each(["sft", "dpo", "rewardModel", "grpo"])(
  `%s, killed at ${KILLS} random moments, comes to the bits of a run that was not`,
  async (method) => {
    const program = method === "sft" ? "./fixture/sft-child.ts" : "./fixture/policy-child.ts";
    const { base, child } = await bundle(new URL(program, import.meta.url));
    try {
      const straight = start(child, join(base, "straight"), method);
      await straight.begun;
      const from = performance.now();
      expect(await straight.ended).toBe(0);
      const duration = performance.now() - from;
      const expected = straight.last();
      expect(expected).toMatch(/^[0-9a-f]{64}$/);

      const folder = join(base, "killed");
      const draw = rng(5);
      let drawing = 0;
      for (let kills = 0; kills < KILLS; ) {
        const running = start(child, folder, method);
        await running.begun;
        await wait((draw() * duration) / 2);
        running.kill();
        if ((await running.ended) === "SIGKILL") {
          kills++;
          if (running.last() === "draws") drawing++;
        } else {
          expect(running.last()).toBe(expected);
          rmSync(folder, { recursive: true });
        }
      }
      if (method === "grpo") {
        console.log(`${drawing} of ${KILLS} kills while texts were drawn`);
        expect(drawing).toBeGreaterThan(0);
      }
      const last = start(child, folder, method);
      expect(await last.ended).toBe(0);
      expect(last.last()).toBe(expected);
    } finally {
      rmSync(base, { recursive: true });
    }
  },
  600_000,
);

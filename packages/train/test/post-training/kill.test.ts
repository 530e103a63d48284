import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { rng } from "@llm/tensor";
import { expect, test } from "vitest";
import { bundle } from "../node/fixture/bundle.js";

const KILLS = 10;

/** A process that fine-tunes; `begun` is when it says so. */
function start(child: string, folder: string) {
  const running = spawn(process.execPath, [child, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  const begun = new Promise<void>((resolve, reject) => {
    running.stdout.on("data", (data) => {
      printed += data;
      if (printed.includes("begins")) resolve();
    });
    running.on("exit", () => reject(new Error(`the run ended before it began: ${printed}`)));
  });
  const ended = once(running, "exit").then(([code, signal]) => (signal ?? code) as string | number);
  return { begun, ended, kill: () => running.kill("SIGKILL"), printed: () => printed };
}

// For `npm run test:long`.
test.skipIf(import.meta.env.MODE !== "long")(
  `sft, killed at ${KILLS} random moments, comes to the bits of a run that was not`,
  async () => {
    const { base, child } = await bundle(new URL("./fixture/sft-child.ts", import.meta.url));
    try {
      const straight = start(child, join(base, "straight"));
      await straight.begun;
      const from = performance.now();
      expect(await straight.ended).toBe(0);
      const duration = performance.now() - from;
      const expected = straight.printed();
      expect(expected).toMatch(/\n[0-9a-f]{64}\n$/);

      const folder = join(base, "killed");
      const draw = rng(5);
      for (let kills = 0; kills < KILLS; ) {
        const running = start(child, folder);
        await running.begun;
        await wait((draw() * duration) / 2);
        running.kill();
        if ((await running.ended) === "SIGKILL") {
          kills++;
        } else {
          expect(running.printed()).toBe(expected);
          rmSync(folder, { recursive: true });
        }
      }
      const last = start(child, folder);
      expect(await last.ended).toBe(0);
      expect(last.printed()).toBe(expected);
    } finally {
      rmSync(base, { recursive: true });
    }
  },
  600_000,
);

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { minhashStages } from "../../../src/node/minhash/stages.js";
import { filesIn, optionsOf, runAll, runStage } from "./corpus.js";

let folder: string;
let whole: Map<string, Buffer>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "minhash-kill-"));
  await runAll(minhashStages(optionsOf(folder)));
  whole = filesIn(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const href = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Runs a script that knows `stages`, `runAll`, `runStage` and `rest`, and kills it so long after it says something. */
async function kill(script: string, milliseconds: number): Promise<void> {
  const source = `
    import { minhashStages } from ${href("../../../src/node/minhash/stages.ts")};
    import { documentsOf, optionsOf, runAll, runStage } from ${href("./corpus.ts")};
    const rest = () => { console.log("there"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); };
    const options = optionsOf(${JSON.stringify(folder)});
    ${script}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
}

/** All that is there under its own name is whole. */
function expectNothingHalf(): void {
  for (const [path, bytes] of filesIn(folder)) {
    if (!/\.(?:tmp|unsorted)$/.test(path)) expect([path, bytes]).toEqual([path, whole.get(path)]);
  }
}

test.each([
  [
    "signatures",
    0,
    "async function* input(rank) { let i = 0; for await (const d of documentsOf(rank)) { if (i++ === 7) rest(); yield d; } } await minhashStages({ ...options, input })[0].run(1);",
  ],
  ["buckets", 1, "await runStage(minhashStages(options)[1], { onProgress: rest });"],
  [
    "clusters",
    2,
    "await runStage(minhashStages(options)[2], { onProgress: (pairs) => pairs > 20 && rest() });",
  ],
  [
    "filter",
    3,
    "async function* input(rank) { let i = 0; for await (const d of documentsOf(rank)) { if (i++ === 7) rest(); yield d; } } await minhashStages({ ...options, input })[3].run(1);",
  ],
])(
  "a task of %s that is killed in the middle leaves no half file, and another run makes the same bytes",
  async (_, stage, script) => {
    await kill(script, 0);
    expectNothingHalf();
    await runStage(minhashStages(optionsOf(folder))[stage]!);
    expect(filesIn(folder)).toEqual(whole);
  },
);

test("killed at any moment, and run again, the stages make the same bytes", async () => {
  for (const milliseconds of [3, 31, 78, 140]) {
    await kill('console.log("there"); for (;;) await runAll(minhashStages(options));', milliseconds);
    expectNothingHalf();
    await runAll(minhashStages(optionsOf(folder)));
    expect(filesIn(folder)).toEqual(whole);
  }
});

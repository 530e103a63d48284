import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minhashStages } from "../../../src/node/minhash/stages.js";
import { href, killScript } from "../kill.js";
import { filesIn, runAll, runStage } from "../run-stages.js";
import { optionsOf, SMALL } from "./corpus.js";

let folder: string;
let whole: Map<string, Buffer>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minhash-kill-"));
  await runAll(minhashStages({ ...optionsOf(folder), ...SMALL }));
  whole = filesIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const kill = (script: string, milliseconds: number) =>
  killScript(
    `
    import { minhashStages } from ${href("../../src/node/minhash/stages.ts")};
    import { documentsOf, optionsOf, SMALL } from ${href("./minhash/corpus.ts")};
    const options = { ...optionsOf(${JSON.stringify(folder)}), ...SMALL };
    ${script}`,
    milliseconds,
  );

/** All that is there under its own name is whole. */
function expectNothingHalf(): void {
  for (const [path, bytes] of filesIn(folder)) {
    if (!/\.(?:part|unsorted)$/.test(path)) expect([path, bytes]).toEqual([path, whole.get(path)]);
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
    await runStage(minhashStages({ ...optionsOf(folder), ...SMALL })[stage]!);
    expect(filesIn(folder)).toEqual(whole);
  },
);

test("killed at any moment, and run again, the stages make the same bytes", async () => {
  for (const milliseconds of [3, 47, 140]) {
    await kill('console.log("there"); for (;;) await runAll(minhashStages(options));', milliseconds);
    expectNothingHalf();
    await runAll(minhashStages({ ...optionsOf(folder), ...SMALL }));
    expect(filesIn(folder)).toEqual(whole);
  }
});

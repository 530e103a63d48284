import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tensorboardLog } from "../../src/node/index.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "llm-tensorboard-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two runs, the second of which goes on from step 3. */
async function writeTwoRuns(into: string) {
  const first = await tensorboardLog(into);
  for (let step = 1; step <= 5; step++) {
    await first.write(step, {
      loss: 1 / step,
      seconds: 300 + step,
      engine: "wasm",
      "evaluation/val": step === 4 ? 2.5 : undefined,
    });
  }
  await first.close();
  const second = await tensorboardLog(into, { resumeFrom: 3 });
  await second.write(4, { loss: 0.125 });
  await second.write(200, { loss: Number.NaN });
  await second.write(201, {});
  await second.close();
}

test("the bytes are those that the format asks for", async () => {
  await writeTwoRuns(join(folder, "bytes"));
  const [name] = readdirSync(join(folder, "bytes")).sort();
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  const bytes = readFileSync(join(folder, "bytes", name!));
  // The header's length, its checksum as TensorBoard's own writer gives it, then the time and the version.
  expect(bytes.readBigUInt64LE(0)).toBe(24n);
  expect(bytes.readUInt32LE(8)).toBe(HEADER_CHECKSUM);
  expect(bytes.subarray(21, 36)).toEqual(Buffer.from("\x1a\x0dbrain.Event:2"));
  // Records follow one another to the last byte.
  let records = 0;
  let at = 0;
  for (; at < bytes.length; records++) at += Number(bytes.readBigUInt64LE(at)) + 16;
  expect([records, at]).toEqual([6, bytes.length]);
});

/** Of the 8 bytes of the length 24. */
const HEADER_CHECKSUM = 575_373_219;

test("TensorBoard reads it back, and forgets what a run that is gone on with wrote beyond its checkpoint", async ({
  skip,
}) => {
  const python = process.env["LLM_TENSORBOARD"];
  if (!python) {
    console.warn("skipped: LLM_TENSORBOARD names no Python with tensorboard");
    return skip();
  }
  const into = join(folder, "read");
  await writeTwoRuns(into);
  const script = fileURLToPath(new URL("../golden/read_events.py", import.meta.url));
  const read = JSON.parse(
    execFileSync(python, [script, into], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  const third = Math.fround(1 / 3);
  expect(read.loss).toEqual([
    [1, 1],
    [2, 0.5],
    [3, third],
    [4, 0.125],
    [200, "NaN"],
  ]);
  expect(read["evaluation/val"]).toEqual([]);
  expect(read.seconds).toEqual([
    [1, 301],
    [2, 302],
    [3, 303],
  ]);
});

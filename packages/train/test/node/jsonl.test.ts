import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonlLog, readJsonl } from "../../src/node/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llm-jsonl-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("records are appended, whole lines only, and a resumed run takes up where it left", async () => {
  const path = join(folder, "deep", "log.jsonl");
  expect(await readJsonl(path)).toEqual([]);
  const log = await jsonlLog(path);
  for (let step = 1; step <= 4; step++) await log.write({ step, text: "ä\n" });
  await log.close();
  expect((await readFile(path, "utf8")).split("\n").length).toBe(5);

  await appendFile(path, '{"step": 5, "te');
  expect((await readJsonl(path)).length).toBe(4);
  const again = await jsonlLog(path);
  await again.write({ step: 5 });
  await again.close();
  expect(await readJsonl(path)).toEqual([
    ...[1, 2, 3, 4].map((step) => ({ step, text: "ä\n" })),
    { step: 5 },
  ]);

  const resumed = await jsonlLog(path, { resumeFrom: 3 });
  await resumed.write({ step: 4, again: true });
  await resumed.close();
  expect((await readJsonl(path)).slice(2)).toEqual([
    { step: 3, text: "ä\n" },
    { step: 4, again: true },
  ]);
});

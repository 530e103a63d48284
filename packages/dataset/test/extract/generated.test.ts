import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { generate } from "../../scripts/worker.mjs";

test("the committed worker is what its sources give", async () => {
  const committed = new URL("../../src/extract/worker.generated.ts", import.meta.url);
  const isFresh = (await generate()) === (await readFile(committed, "utf8"));
  expect(isFresh, "run `npm run generate -w @llm/dataset`").toBe(true);
});

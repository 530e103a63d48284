import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { generate } from "../scripts/worker.mjs";

test("the committed worker is what its sources give", async () => {
  const committed = new URL("../src/extract/worker.generated.ts", import.meta.url);
  expect(await generate()).toBe(await readFile(committed, "utf8"));
});

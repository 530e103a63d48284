import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { generate } from "../../assembly/compile.mjs";

test("the committed kernel is what its sources give", async () => {
  const path = new URL("../../src/hash/kernel.generated.ts", import.meta.url);
  expect(await generate()).toBe(await readFile(path, "utf8"));
});

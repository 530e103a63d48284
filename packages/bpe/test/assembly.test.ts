import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { generate } from "../assembly/compile.mjs";

test("the committed module is what its sources compile to", async () => {
  const committed = await readFile(new URL("../src/kernels.generated.ts", import.meta.url), "utf8");
  expect(await generate()).toBe(committed);
});

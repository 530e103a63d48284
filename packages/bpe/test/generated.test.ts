import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { generate as kernels } from "../assembly/compile.mjs";
// @ts-expect-error a script without types
import { generate as worker } from "../scripts/worker.mjs";

test.each([
  ["src/encoding.generated.ts", () => kernels("encoding")],
  ["src/training.generated.ts", () => kernels("training")],
  ["src/workers/worker.generated.ts", worker],
])("the committed %s is what its sources give", async (path, generate) => {
  expect(await generate()).toBe(await readFile(new URL(`../${path}`, import.meta.url), "utf8"));
});

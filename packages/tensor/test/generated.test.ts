import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { generate, variants } from "../assembly/compile.mjs";
// @ts-expect-error a script without types
import { generate as generateWorker } from "../scripts/worker.mjs";

test.each(Object.keys(variants))(
  "the committed %s module is what its sources compile to",
  async (variant) => {
    const committed = await readFile(
      new URL(`../src/engines/wasm/${variant}.generated.ts`, import.meta.url),
      "utf8",
    );
    expect(await generate(variant)).toBe(committed);
  },
);

test("the committed worker is what its sources give", async () => {
  const committed = await readFile(
    new URL("../src/engines/threads/worker.generated.ts", import.meta.url),
    "utf8",
  );
  expect(await generateWorker()).toBe(committed);
});

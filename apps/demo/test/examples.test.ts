import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testExamples } from "../../../.config/examples.js";

testExamples(
  import.meta.glob("../examples/*.ts"),
  import.meta.glob("../examples/*.ts", { query: "?raw", import: "default" }),
);

test("the whole story fits on a screen, with all six packages and nothing of Node", () => {
  const source = readFileSync(new URL("../examples/whole-story.ts", import.meta.url), "utf8");
  expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(80);
  const imported = [...source.matchAll(/from "([^"]+)"/g)].map(([, name]) => name).sort();
  expect(imported).toEqual(
    ["bpe", "dataset", "gpt", "sample", "tensor", "train"].map((name) => `@llm/${name}`),
  );
});

// A command that needs more than its own package, from a project that has only that.
import { expect, test } from "vitest";
import { emptyProject } from "./consumer.js";

test("sample alone says what reads a model's folder, and that is what it takes", async () => {
  const project = emptyProject();
  await project.install(["@llm/sample"]);
  const generate = () => project.exec("npx", ["--no", "--", "@llm/sample", "model", "generate", "-p", "The"]);
  const advice = await generate().catch((error: Error) => error.message);
  const [, names] = /npm install ((?:@llm\/\w+ ?)+)/.exec(advice) ?? [];
  expect(advice).toMatch(/ended with 2\n/);
  expect(names, advice).toBeDefined();
  await project.install(names!.trim().split(" "));
  await expect(generate()).rejects.toThrow(/ended with 1\n/); // there is no such folder; a package that is missing gives 2
});

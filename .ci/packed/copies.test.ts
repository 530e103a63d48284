// Two copies of @llm/tensor in one program, as a dependency with a range of its own brings them.
import { cpSync } from "node:fs";
import { expect, test } from "vitest";
import { emptyProject } from "./consumer.js";

test("the error of a model that has its own copy says that there are two", async () => {
  const project = emptyProject();
  await project.install(["@llm/gpt", "@llm/tensor"]);
  cpSync(
    project.path("node_modules/@llm/tensor"),
    project.path("node_modules/@llm/gpt/node_modules/@llm/tensor"),
    { recursive: true },
  );
  project.write(
    "main.mjs",
    `import { createRequire } from "node:module";
    import { pathToFileURL } from "node:url";
    import { Gpt } from "@llm/gpt";
    import { tensor, useEngine } from "@llm/tensor";
    const config = { vocabSize: 10, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 4 };
    const tell = (fn) => { try { fn(); } catch (error) { console.log(error.name + ": " + error.message); } };
    await useEngine("reference");
    tell(() => Gpt.create(config, { seed: 1 }));
    const copy = await import(new URL("dist/index.js", import.meta.resolve("@llm/gpt/package.json").replace("package.json", "node_modules/@llm/tensor/")).href);
    await copy.useEngine("reference");
    const model = Gpt.create(config, { seed: 1 });
    tell(() => model.forward(tensor([1, 2], [1, 2], "int32")));`,
  );
  const [withoutEngine, otherTensor, ...rest] = (await project.runs("main.mjs")).trimEnd().split("\n");
  expect(withoutEngine).toMatch(/^EngineError: No engine was chosen\. Two copies of @llm\/tensor/);
  expect(otherTensor).toMatch(/^TensorError: .* Two copies of @llm\/tensor/);
  expect(rest).toEqual([]);
});

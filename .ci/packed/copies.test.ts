// Two copies of @llm/tensor in one program, as a dependency with a range of its own brings them.
import { cpSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { emptyProject } from "./consumer.js";

test("the error of a model that has its own copy says that there are two, and the command works with one", async () => {
  const project = emptyProject();
  await project.install(["@llm/gpt", "@llm/tensor", "@llm/train"]);
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

  // The command takes its own copy, and the model of the configuration the other.
  project.write(
    "train.config.ts",
    `import { Gpt } from "@llm/gpt";
    import { tokenArray } from "@llm/train";
    import { defineRun } from "@llm/train/node";
    export default defineRun({
      model: () => Gpt.create({ vocabSize: 10, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 4 }, { seed: 1 }),
      data: tokenArray(new Uint16Array(100)),
      options: { steps: 2, batchSize: 2, blockSize: 4, lr: 0.01 },
    });`,
  );
  const train = () => project.exec("npx", ["--no", "--", "@llm/train", "train.config.ts", "--json"]);
  await expect(train()).rejects.toThrow(
    /train\.config\.ts: its model was made by another copy of @llm\/tensor than this command's/,
  );
  rmSync(project.path("node_modules/@llm/gpt/node_modules"), { recursive: true });
  expect(JSON.parse(await train())).toMatchObject({ step: 2, tokens: 16 });
});

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors, tensor, useEngine, valueAndGrad } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../src/families/index.js";
import { Gpt } from "../src/index.js";
import { fileTensors } from "../src/weight-files.js";

interface Golden {
  ids: number[];
  targets: number[];
  loss: number;
  greedy: number[][];
}

const path = (name: string) => fileURLToPath(new URL(`./golden/families/${name}`, import.meta.url));
const names = readdirSync(path(""));

/** The largest difference as a share of the largest value. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(b[i]!));
  }
  return difference / size;
}

// What transformers' models answer in float64 (golden/families.py).
describe.each(names)("against transformers, %s", (name) => {
  const golden: Golden = JSON.parse(readFileSync(`${path(name)}/golden.json`, "utf8"));
  const expected = readSafetensors(readFileSync(`${path(name)}/golden.safetensors`)).tensors;
  const shape = [2, golden.ids.length / 2];
  const ids = () => tensor(golden.ids, shape, "int32");
  const targets = () => tensor(golden.targets, shape, "int32");

  /** Gradients of the loss by the names of the file. */
  async function gradients(model: Gpt) {
    const parameters = model.parameters();
    const { value, grads } = valueAndGrad(() => model.loss(ids(), targets()), parameters);
    const byName = new Map(parameters.map((each, i) => [each.name, grads[i]!]));
    const { family } = readConfig(JSON.parse(readFileSync(`${path(name)}/config.json`, "utf8")));
    const { specs, values } = fileTensors(
      model.config,
      family,
      async (weight) => byName.get(weight)!.data() as never,
    );
    const found: [string, ArrayLike<number>][] = [];
    for (const spec of specs) found.push([spec.name, await values(spec.name)]);
    return { loss: (await value.data())[0]!, found };
  }
  const gradientOf = (tensor: string) =>
    (expected.get(tensor) ?? expected.get(`transformer.${tensor}`))!.data;

  test("logits to 1e-9 and every gradient in float64", async () => {
    await useEngine("reference", { precision: "float64" });
    const model = await Gpt.load(path(name));
    expect(relative(await model.forward(ids()).data(), expected.get("logits")!.data)).toBeLessThan(1e-9);
    const { loss, found } = await gradients(model);
    expect(loss).toBeCloseTo(golden.loss, 9);
    expect(found.length).toBe(expected.size - 1);
    for (const [tensor, gradient] of found) {
      expect(relative(gradient, gradientOf(tensor)), tensor).toBeLessThan(1e-6);
    }
  });

  describe.each(["reference", "auto"] as const)("in float32, engine %s", (engine) => {
    beforeAll(() => useEngine(engine));

    test("logits to 1e-5, every gradient to 1e-4", async () => {
      const model = await Gpt.load(path(name));
      expect(relative(await model.forward(ids()).data(), expected.get("logits")!.data)).toBeLessThan(1e-5);
      for (const [tensor, gradient] of (await gradients(model)).found) {
        expect(relative(gradient, gradientOf(tensor)), tensor).toBeLessThan(1e-4);
      }
    });

    test("greedy continuation by a cache, across borders of windows", async () => {
      const model = await Gpt.load(path(name));
      const session = model.session(2);
      const rows = golden.greedy.map((row) => row.slice(0, 4));
      let next = rows.map((ids, row) => ({ row, ids }));
      while (rows[0]!.length < shape[1]!) {
        const logits = await session.step(next);
        next = logits.map((each, row) => ({ row, ids: [each.indexOf(Math.max(...each))] }));
        for (const { row, ids } of next) rows[row]!.push(...ids);
      }
      expect(rows).toEqual(golden.greedy);
    });
  });
});

const python = process.env["LLM_PYTHON"] ?? "python3";
const hasTransformers = spawnSync(python, ["-c", "import torch, transformers"]).status === 0;
if (!hasTransformers) {
  console.log(`skipped: opening our families with transformers (${python} has none; set LLM_PYTHON)`);
}
test.skipIf(!hasTransformers)(
  "transformers opens every family that save() wrote, and agrees",
  async () => {
    await useEngine("reference");
    const folder = mkdtempSync(join(tmpdir(), "llm-gpt-families-"));
    try {
      const ids = [1, 5, 2, 8, 3, 13, 21, 4, 7, 9];
      const ours: ArrayLike<number>[] = [];
      for (const name of names) {
        const model = await Gpt.load(path(name));
        await model.save(join(folder, name));
        ours.push(await model.forward(tensor(ids, [1, ids.length], "int32")).data());
      }
      const script = fileURLToPath(new URL("./golden/families.py", import.meta.url));
      const folders = names.map((name) => join(folder, name));
      const args = [script, JSON.stringify(ids), ...folders];
      const answer = execFileSync(python, args, {
        encoding: "utf8",
        maxBuffer: 2 ** 26,
        stdio: ["ignore", "pipe", "ignore"],
      });
      for (const [i, theirs] of (JSON.parse(answer) as number[][]).entries()) {
        expect(relative(ours[i]!, theirs), names[i]).toBeLessThan(1e-5);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  300_000,
);

test.each(names)("%s is saved as what it was", async (name) => {
  await useEngine("reference");
  const model = await Gpt.load(path(name));
  const files = await model.toFiles();
  const json = JSON.parse(new TextDecoder().decode(files["config.json"]));
  expect(json.model_type).toBe(JSON.parse(readFileSync(`${path(name)}/config.json`, "utf8")).model_type);
  const again = await Gpt.fromFiles(files);
  expect(again.config).toEqual(model.config);
  const ids = tensor([1, 2, 3], [1, 3], "int32");
  expect(await again.forward(ids).data()).toEqual(await model.forward(ids).data());
  const stored = readSafetensors(files["model.safetensors"]).tensors;
  for (const [tensor, { data }] of readSafetensors(readFileSync(`${path(name)}/model.safetensors`)).tensors) {
    expect(stored.get(tensor.replace(/^transformer\./, ""))?.data, tensor).toEqual(data);
  }
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import util from "node:util";
import { add, EngineError, tensor, useEngine } from "@llm/tensor";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NodePackages } from "../../../src/engines/tfjs/node.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "llm-tensor-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

/** Lays down a package that looks like tfjs-node. */
function install(name: string, options: { binary?: boolean; gpu?: boolean; source?: string } = {}): void {
  const { binary = true, gpu = false } = options;
  const at = join(folder, "node_modules/@tensorflow", name);
  mkdirSync(join(at, "lib/napi-v8"), { recursive: true });
  writeFileSync(join(at, "package.json"), JSON.stringify({ name: `@tensorflow/${name}`, main: "index.js" }));
  if (binary) writeFileSync(join(at, "lib/napi-v8/tfjs_binding.node"), "");
  const backend = `{ isUsingGpuDevice: ${gpu}, binding: {}, executeMultipleOutputs() {} }`;
  const source = `module.exports = { ready: async () => {}, backend: () => (${backend}) }`;
  writeFileSync(join(at, "index.js"), options.source ?? source);
}

/** A search in the folder, on a system that lacks some libraries. */
const packages = (...missing: string[]) =>
  new NodePackages({ from: join(folder, "app.js"), opens: (library) => !missing.includes(library) });

test("what is not installed says how to install it", async () => {
  expect(packages().find("tfjs-node-gpu")).toEqual({
    reason: "not installed; `npm install @tensorflow/tfjs-node-gpu` adds it",
  });
  await expect(packages().create("tfjs-node")).rejects.toThrow(EngineError);
  await expect(packages().create("tfjs-node")).rejects.toThrow('"tfjs-node" is not available: not installed');
});

test("a package without its binary says how to run its install script", () => {
  install("tfjs-node-gpu", { binary: false });
  const { module, reason } = packages().find("tfjs-node-gpu");
  expect(module).toBeUndefined();
  expect(reason).toContain("binary is missing");
  expect(reason).toContain("npm approve-scripts @tensorflow/tfjs-node-gpu");
  expect(reason).toContain("npm rebuild @tensorflow/tfjs-node-gpu");
});

test("a package that does not load says why, in a line", () => {
  install("tfjs-node", { source: 'throw new Error("libtensorflow.so.2: cannot open\\nat somewhere")' });
  const reason = "installed, but it does not load: libtensorflow.so.2: cannot open";
  expect(packages().find("tfjs-node")).toEqual({ reason });
});

test.each([
  [
    "CUDA 11.2",
    ["libcudart.so.11.0", "libcublas.so.11", "libcudnn.so.8"],
    /CUDA 11\.2 .*libcudart\.so\.11\.0, libcublas\.so\.11\)/,
  ],
  ["cuDNN 8.1", ["libcudnn.so.8", "libcuda.so.1"], /cuDNN 8\.1 .*libcudnn\.so\.8/],
  ["a driver", ["libcuda.so.1"], /driver was not found \(libcuda\.so\.1\)/],
  ["a GPU", [], /no GPU is seen; `nvidia-smi`/],
])("without %s the GPU package says so, and serves as tfjs-node on the CPU", (_, missing, message) => {
  install("tfjs-node-gpu");
  install("tfjs-node", { source: 'throw new Error("two of libtensorflow in a process")' });
  const found = packages(...missing);
  expect(found.find("tfjs-node-gpu").module).toBeUndefined();
  expect(found.find("tfjs-node-gpu").reason).toMatch(message);
  expect(found.find("tfjs-node")).toMatchObject({
    device: "libtensorflow, CPU",
    reason: "@tensorflow/tfjs-node-gpu is installed",
  });
});

test("with a GPU it is taken, and alone", async () => {
  install("tfjs-node-gpu", { gpu: true });
  install("tfjs-node");
  const found = packages();
  expect(found.find("tfjs-node-gpu").device).toBe("libtensorflow, CUDA GPU");
  expect(found.find("tfjs-node").reason).toContain("tfjs-node-gpu is loaded");
  const engine = await found.create("tfjs-node-gpu");
  expect([engine.name, engine.device]).toEqual(["tfjs", "libtensorflow, CUDA GPU"]);
});

test("before loading, what Node 23 removed is put back and GPU memory is asked for as needed", () => {
  vi.stubEnv("TF_FORCE_GPU_ALLOW_GROWTH", undefined);
  const legacy = util as unknown as Record<string, unknown>;
  const { isNullOrUndefined, isArray } = legacy;
  legacy["isNullOrUndefined"] = legacy["isArray"] = undefined;
  try {
    const checks = `
      const util = require("node:util");
      if (!util.isNullOrUndefined(null) || util.isNullOrUndefined(0) || !util.isArray([])) throw new Error("util");
      if (process.env.TF_FORCE_GPU_ALLOW_GROWTH !== "true") throw new Error("growth");
      module.exports = { backend: () => ({}) };`;
    install("tfjs-node", { source: checks });
    expect(packages().find("tfjs-node").device).toBe("libtensorflow, CPU");
  } finally {
    Object.assign(legacy, { isNullOrUndefined, isArray });
  }
});

const real = process.env["LLM_LIBTENSORFLOW"];
test.skipIf(!real)("the real package is found and computes", async () => {
  const engine = await new NodePackages({ from: join(real!, "app.js") }).create("tfjs-node");
  expect(engine.device).toBe("libtensorflow, CPU");
  await useEngine(engine);
  expect([...(await add(tensor([1, 2], [2]), tensor([3, 4], [2])).data())]).toEqual([4, 6]);
});

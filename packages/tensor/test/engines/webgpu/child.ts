// One process of processes.test.ts: it computes, and ends by itself, with the engine closed or not.
import process from "node:process";
import { matmul, tensor, useEngine } from "@llm/tensor";
import { createWebgpu } from "../../../src/engines/webgpu/adapter.js";
import { useSoftware, webgpuFrom } from "./software.js";

useSoftware();
const engine = await useEngine(await createWebgpu({ from: webgpuFrom! }));
const ones = tensor(new Float32Array(64 * 64).fill(1), [64, 64]);
for (let i = 0; i < 3; i++) {
  globalThis.gc?.();
  const product = matmul(ones, ones);
  process.stdout.write(`${(await product.data())[0]} `);
  product.dispose();
}
if (process.argv.includes("close")) await engine.close();
globalThis.gc?.();

import { test, expect } from "vitest";
import { softwareProblem } from "./engines/webgpu/software.js";
import { createWebgpu } from "../src/engines/webgpu/find.js";
import { useEngine, tensor, matmul, referenceEngine } from "@llm/tensor";
test("x", async () => {
  expect(softwareProblem()).toBeUndefined();
  const e = await createWebgpu();
  console.log(e.device);
  await useEngine(e);
  const a = tensor([1,2,3,4,5,6],[2,3]), b = tensor([1,2,3,4,5,6],[3,2]);
  console.log(await matmul(a,b).data(), e.counts());
  await e.close();
});

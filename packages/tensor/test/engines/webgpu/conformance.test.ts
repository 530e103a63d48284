import { beforeAll, describe, test } from "vitest";
import type { WebgpuEngine } from "../../../src/engines/webgpu/index.js";
import { all, conform } from "../../conforming.js";
import { webgpuEngines } from "./engines.js";

describe.skipIf(!webgpuEngines["webgpu"])("webgpu against reference in float64 (npm run test:webgpu)", () => {
  let engine: WebgpuEngine;
  beforeAll(async () => {
    engine = await webgpuEngines["webgpu"]!();
  });
  test.each(all.map((each) => [each.name, each] as const))("%s", (_, each) => conform(engine, each));
});

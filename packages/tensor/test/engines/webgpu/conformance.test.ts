import { beforeAll, test } from "vitest";
import type { WebgpuEngine } from "../../../src/engines/webgpu/index.js";
import { all, conform } from "../../conforming.js";
import { describeWebgpu, webgpuEngines } from "./engines.js";

describeWebgpu("against reference in float64", () => {
  let engine: WebgpuEngine;
  beforeAll(async () => {
    engine = await webgpuEngines["webgpu"]!();
  });
  test.each(all.map((each) => [each.name, each] as const))("%s", (_, each) => conform(engine, each));
});

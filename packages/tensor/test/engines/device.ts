import type { Engine } from "@llm/tensor";
import { tfjsEngines } from "./tfjs/engines.js";
import { webgpuEngines } from "./webgpu/engines.js";

/** The engines on devices that there are here: that on WebGPU where its tests were asked for, else those over tfjs. */
export const deviceEngines: Record<string, () => Promise<Engine>> = webgpuEngines["webgpu"]
  ? webgpuEngines
  : tfjsEngines;

import { describe, test } from "vitest";
import type { WebgpuEngine } from "../../../src/engines/webgpu/index.js";
import { closedAtEnd } from "../closed-at-end.js";
import { engineOnShared } from "./shared-gpu.js";
import { useSoftware, webgpuFrom } from "./software.js";

/** The engine, where `npm run test:webgpu` runs; nothing elsewhere. */
export const webgpuEngines: Record<string, () => Promise<WebgpuEngine>> = webgpuFrom
  ? {
      webgpu: async () => {
        useSoftware();
        return closedAtEnd(await engineOnShared(webgpuFrom!));
      },
    }
  : {};

/** A group of tests where `npm run test:webgpu` runs, which chooses them by the name `webgpu`; elsewhere one that is skipped. */
export function describeWebgpu(name: string, tests: () => void): void {
  if (webgpuFrom) describe(`webgpu: ${name}`, tests);
  else test.skip(`webgpu: ${name} (npm run test:webgpu)`, () => {});
}

// A GPU in software: Debian's chromium brings SwiftShader and a loader of Vulkan drivers, which the npm package `webgpu` finds. That
// package is large, so scripts/webgpu.sh alone installs it, in the folder that LLM_WEBGPU names.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const folder = process.env["LLM_WEBGPU"];
const chromium = "/usr/lib/chromium";

/** The file beside which the package is; undefined where it was not asked for. */
export const webgpuFrom = folder && join(folder, "package.json");

/** What is loaded, for as long as the process lives: the package looks for it by its name. */
const loaded: unknown[] = [];

/** Lets the package find the GPU in software, unless another driver is named. */
export function useSoftware(): void {
  const driver = join(chromium, "vk_swiftshader_icd.json");
  if (!existsSync(driver)) return;
  process.env["VK_ICD_FILENAMES"] ??= driver; // a child has it from its parent
  if (process.env["VK_ICD_FILENAMES"] !== driver) return;
  const koffi = createRequire(import.meta.url)("koffi") as { load(file: string): unknown };
  loaded.push(koffi.load(join(chromium, "libvulkan.so.1")));
}

// A GPU in software: Debian's chromium brings SwiftShader and a loader of Vulkan drivers, which the package webgpu finds.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

const FOLDER = "/usr/lib/chromium";
const driver = `${FOLDER}/vk_swiftshader_icd.json`;
const loader = `${FOLDER}/libvulkan.so.1`;

/** Why there is no GPU in software here; undefined where there is one, which the package webgpu finds from then on. */
export function softwareProblem(): string | undefined {
  if (![driver, loader].every((file) => existsSync(file))) return "Debian's chromium is not installed";
  const require = createRequire(import.meta.url);
  process.env["VK_ICD_FILENAMES"] ??= driver;
  (require("koffi") as { load(file: string): unknown }).load(loader);
  return undefined;
}

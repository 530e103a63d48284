import { fileURLToPath, pathToFileURL } from "node:url";

const here: string = import.meta.url;

/**
 * Imports a configuration, in TypeScript too. It must come to the very instances of @llm/tensor and @llm/train that the
 * command has: an engine chosen in one copy of @llm/tensor is not known to another.
 *
 * From source whoever runs the command has a loader of TypeScript (tsx, vitest), whose modules are all one. From a build
 * jiti compiles the file, and leaves what packages hold to Node's own loader, which has one instance per path. What the
 * file itself imports of ours is the command's, also where the command is installed elsewhere, as `npx` may have it.
 */
export async function importConfig(path: string): Promise<Record<string, unknown>> {
  if (here.endsWith(".ts")) return import(/* @vite-ignore */ pathToFileURL(path).href);
  const { createJiti } = await import("jiti");
  const names = ["@llm/train/node", "@llm/train/mpi", "@llm/train", "@llm/tensor/tfjs", "@llm/tensor"];
  const alias = Object.fromEntries(names.map((name) => [name, fileURLToPath(import.meta.resolve(name))]));
  return createJiti(here, { alias, interopDefault: false }).import(path);
}

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Whether this is the source, and not the build. */
export const fromSource = import.meta.url.endsWith(".ts");

/** The flag of Node.js by which this package is found from source. */
export const sourceCondition = "--conditions=@llm/source";

/** A file of this package: `node/run/worker`. */
export function ownFile(name: string): string {
  if (fromSource) return fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
  // The build moves this module, but not the package's own.
  const manifest = createRequire(import.meta.url).resolve("@llm/dataset/package.json");
  return join(dirname(manifest), "dist", `${name}.js`);
}

/** Imports a module by its path, in TypeScript too. It works with the package that this is, wherever it stands. */
export async function importModule(path: string): Promise<Record<string, unknown>> {
  // Threads and processes from source have a loader already, which has the package loaded too.
  if (fromSource && process.execArgv.includes(sourceCondition))
    return import(/* @vite-ignore */ pathToFileURL(path).href);
  const { createJiti } = await import("jiti");
  const alias = { "@llm/dataset/node": ownFile("node/index"), "@llm/dataset": ownFile("index") };
  return createJiti(import.meta.url, { alias, interopDefault: false }).import(path);
}

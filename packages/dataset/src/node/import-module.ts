import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BundledError } from "./errors.js";
import { findInstalled } from "./installed.js";

// A bundle that is CommonJS has no URL.
const here: string | undefined = import.meta.url;

/** Whether this is the source, and not the build. */
export const fromSource = here?.endsWith(".ts") ?? false;

/** The flag of Node.js by which this package is found from source. */
export const sourceCondition = "--conditions=@llm/source";

/** Of the build, which moves this module but not the package's own. */
const findManifest = () => findInstalled("@llm/dataset/package.json");

/**
 * A file of this package: `node/run/worker`.
 *
 * @throws BundledError
 */
export function ownFile(name: string): string {
  if (fromSource) return fileURLToPath(new URL(`../${name}.ts`, here));
  const manifest = findManifest();
  if (!manifest) throw new BundledError();
  return join(dirname(manifest), "dist", `${name}.js`);
}

/** Imports a module by its path, in TypeScript too. It works with the package that this is, wherever it stands. */
export async function importModule(path: string): Promise<Record<string, unknown>> {
  const manifest = findManifest();
  // Threads and processes from source have a loader already, which has the package loaded too. Where a bundle holds the
  // package, the module brings its own.
  if (!manifest || (fromSource && process.execArgv.includes(sourceCondition)))
    return import(/* @vite-ignore */ pathToFileURL(path).href);
  const { createJiti } = createRequire(manifest)("jiti") as typeof import("jiti");
  const alias = { "@llm/dataset/node": ownFile("node/index"), "@llm/dataset": ownFile("index") };
  return createJiti(manifest, { alias, interopDefault: false }).import(path);
}

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Source of a module that exports the code of a worker, bundled, as a string: a worker then starts everywhere. */
export async function workerSource(entry, command) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  return [
    `// Written by \`${command}\` from worker.ts.`,
    "/** The worker's code. */",
    `export const WORKER = ${JSON.stringify(outputFiles[0].text)};`,
    "",
  ].join("\n");
}

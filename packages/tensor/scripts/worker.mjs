// Bundles src/threads/worker.ts into a string: `npm run generate -w @llm/tensor`.
import { writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = new URL("../src/threads/", import.meta.url);

/** The generated source. */
export async function generate() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("worker.ts", folder))],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  return [
    "// Written by `npm run generate -w @llm/tensor` from worker.ts.",
    "/** The worker's code. */",
    `export const WORKER = ${JSON.stringify(outputFiles[0].text)};`,
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(new URL("worker.generated.ts", folder), await generate());
}

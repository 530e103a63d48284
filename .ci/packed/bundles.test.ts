// Programs that are bundled for Node, as ESM and as CommonJS, and run where the packages are installed and where nothing is.
import { mkdirSync } from "node:fs";
import { build, type Format } from "esbuild";
import { describe, expect, test } from "vitest";
import { emptyProject, wholeProject } from "./consumer.js";
import { readReadme } from "./readme.js";

const formats = [
  { format: "esm", extension: "mjs" },
  { format: "cjs", extension: "cjs" },
] as const;

/** Code that runs once, in a bundle that may have no URL: CommonJS has no top-level await either. */
const wrapped = (code: string) => `
  import { isMainThread } from "node:worker_threads";
  const here = typeof __filename === "string" ? __filename : import.meta.url;
  ${code}
  if (isMainThread) main();`;

async function bundle(code: string, format: Format): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: wholeProject.folder, loader: "ts" },
    bundle: true,
    write: false,
    format,
    platform: "node",
    // Optional peers are not there for everyone.
    external: ["@aws-sdk/*"],
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

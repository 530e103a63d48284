import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A fault that is put into one file before the page is built. */
export interface Fault {
  /** The end of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A page with one frame for all views, or with one for each of these, as in a chapter. */
const pageOf = (views: readonly string[]) =>
  `<!doctype html><html lang="en"><head><title>Insight</title><link rel="icon" href="data:,">
<style>* { box-sizing: border-box } :root { --vp-c-text-1: #222; --vp-c-bg: #fff; --vp-font-family-mono: monospace; --vp-font-family-base: sans-serif }
.dark { --vp-c-text-1: #eee; --vp-c-bg: #1b1b1f }
body { background: var(--vp-c-bg) }</style>
</head><body><main></main><script type="module">
import { openFrame } from "/frame.js";
const views = ${JSON.stringify(views)};
for (const view of views.length ? views : ["inside"]) {
  const root = document.querySelector("main").appendChild(document.createElement("div"));
  openFrame(root, { view, full: views.length === 0 });
}
</script></body></html>`;

/** Builds the views alone, as they stand in the sources or with a fault, into a folder of their own. */
export async function buildInsight({
  fault,
  views = [],
}: {
  fault?: Fault | undefined;
  views?: readonly string[];
} = {}): Promise<{ folder: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "llm-insight-"));
  let isFound = false;
  await build({
    entryPoints: { frame: here("../insight/frame.ts"), worker: here("../insight/worker.ts") },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    conditions: ["@llm/source"],
    loader: { ".css": "text" },
    define: { "import.meta.env.BASE_URL": '"/"' },
    logLevel: "error",
    external: ["node:*", "koffi"],
    plugins: [
      {
        name: "fault",
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            if (!fault || !path.endsWith(fault.file)) return;
            const source = await readFile(path, "utf8");
            isFound = source.includes(fault.from);
            return { contents: source.replace(fault.from, fault.to), loader: "ts" };
          });
        },
      },
    ],
  });
  if (fault && !isFound) throw new Error(`${fault.file} has no "${fault.from}".`);
  // The page asks for the worker by the name of its source.
  await cp(join(folder, "worker.js"), join(folder, "worker.ts"));
  await cp(here("../public/insight"), join(folder, "insight"), { recursive: true });
  await writeFile(join(folder, "insight/index.html"), pageOf(views));
  return { folder, close: () => rm(folder, { recursive: true, force: true }) };
}

import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** A bundled CommonJS module gets Node's own modules by `require`, which ES modules do not have: import them instead. */
const importNodeModules: Plugin = {
  name: "import-node-modules",
  setup(build) {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) =>
      kind === "require-call" && isBuiltin(path) ? { path, namespace: "node-module" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "node-module" }, ({ path }) => ({
      contents: `export * from "${path}";`,
    }));
  },
};

/** By their path, so that types of it are written into ours and not imported. */
const platform = fileURLToPath(new URL("../packages/platform/src/*", import.meta.url));

/**
 * What our types take from the web. Where a consumer has neither the DOM's library nor Node's types these are empty;
 * elsewhere they add nothing to what is there.
 */
const webTypes = `declare global {
  interface AbortSignal {}
  interface Blob {}
  interface ReadableStream<R = any> {}
  interface RequestInit {}
  interface Response {}
  interface URL {}
  interface WritableStream<W = any> {}
  namespace WebAssembly {
    interface Module {}
  }
}`;

/** One ESM build for every package: the entries, their types and their source maps; `@llm/platform` is bundled in. */
export function library(
  entry: string[] = ["src/index.ts"],
  options: Options = {},
): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: "esm",
    target: "es2022",
    dts: { banner: webTypes, compilerOptions: { paths: { "@llm/platform/*": [platform] } } },
    noExternal: [/^@llm\/platform/],
    removeNodeProtocol: false,
    esbuildPlugins: [importNodeModules],
    sourcemap: true,
    clean: true,
    ...options,
  });
}

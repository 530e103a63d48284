import { defineConfig, type Options } from "tsup";

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
    dts: { banner: webTypes, resolve: [/^@llm\/platform/] },
    noExternal: [/^@llm\/platform/],
    sourcemap: true,
    clean: true,
    ...options,
  });
}

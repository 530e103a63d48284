import { defineConfig, type Options } from "tsup";

/** One ESM build for every package: the entries, their types and their source maps; `@llm/platform` is bundled in. */
export function library(
  entry: string[] = ["src/index.ts"],
  options: Options = {},
): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: "esm",
    target: "es2022",
    dts: { resolve: [/^@llm\/platform/] },
    noExternal: [/^@llm\/platform/],
    sourcemap: true,
    clean: true,
    ...options,
  });
}

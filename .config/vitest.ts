import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests resolve our packages to their sources, so nothing has to be built first. */
export default defineConfig({
  resolve: { conditions: ["@llm/source", "module", "node", "development|production"] },
  ssr: {
    resolve: {
      conditions: ["@llm/source", "module", "node", "development|production"],
      externalConditions: ["@llm/source"],
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("./equal-numbers.ts", import.meta.url))],
    reporters: ["default", ["json", { outputFile: "reports/test.json" }]],
    // Files share loaded modules: loading them anew for each took half of the processor's time. A test that leaves
    // something behind (a stub, a fresh copy of a module) takes it back.
    isolate: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});

import { defineConfig, mergeConfig } from "vitest/config";
import shared from "../.config/vitest.js";

/** `--mode long` runs what takes minutes. */
export default defineConfig(({ mode }) =>
  mergeConfig(shared, {
    test: {
      include: [mode === "long" ? "test/**/*.long.ts" : "test/**/*.e2e.ts"],
      testTimeout: 300_000,
      // On two processors vitest would take one: the tests wait for browsers more than they compute.
      ...(mode === "long" ? {} : { maxWorkers: 2 }),
    },
  }),
);

import { defineConfig, mergeConfig } from "vitest/config";
import shared from "../.config/vitest.js";

/** Packing, installing and bundling take longer than a unit test. */
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: ["**/*.test.ts"],
      globalSetup: ["packed/setup.ts"],
      testTimeout: 300_000,
      hookTimeout: 600_000,
      maxWorkers: 2,
    },
  }),
);

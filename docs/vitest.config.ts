import { defineConfig, mergeConfig } from "vitest/config";
import shared from "../.config/vitest.js";

/** `--mode long` runs what takes minutes, `--mode short` the site in other browsers, as far as a change has to be tried there. */
export default defineConfig(({ mode }) =>
  mergeConfig(shared, {
    test: {
      include: [`test/**/*.${mode === "long" || mode === "short" ? mode : "e2e"}.ts`],
      testTimeout: 300_000,
      // A machine may be busy: what is waited for comes late then, and all the same.
      expect: { poll: { timeout: 60_000 } },
      // On two processors vitest would take one: the tests wait for browsers more than they compute.
      ...(mode === "test" ? { maxWorkers: 2 } : {}),
    },
  }),
);

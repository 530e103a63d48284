import { defineConfig } from "vitest/config";
import base from "../../.config/vitest.js";

// Without "module": the modules that Amazon's SDK has for bundlers are no modules to Node.
const conditions = ["@llm/source", "node", "development|production"];

export default defineConfig({
  ...base,
  // The tests of Slurm wait for it more than they compute; on two processors vitest would take one.
  test: { ...base.test, maxWorkers: 2 },
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@llm/source"] } },
});

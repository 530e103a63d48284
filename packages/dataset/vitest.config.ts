import { defineConfig } from "vitest/config";
import base from "../../.config/vitest.js";

// Without "module": the modules that Amazon's SDK has for bundlers are no modules to Node.
const conditions = ["@llm/source", "node", "development|production"];

export default defineConfig({
  ...base,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@llm/source"] } },
});

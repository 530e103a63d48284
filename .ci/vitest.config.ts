import { mergeConfig } from "vitest/config";
import shared from "../.config/vitest.js";

/** Packing and installing take longer than a unit test. */
export default mergeConfig(shared, {
  test: { include: ["*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
});

import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../.config/vitest.js";

/** One of the two packages whose tests take longest: when the others are done, theirs have both processors. */
export default mergeConfig(base, defineConfig({ test: { maxWorkers: 2 } }));

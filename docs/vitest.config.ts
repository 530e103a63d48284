import { mergeConfig } from "vitest/config";
import shared from "../.config/vitest.js";

export default mergeConfig(shared, { test: { include: ["test/**/*.e2e.ts"], testTimeout: 300_000 } });

import { library } from "../../.config/tsup.js";

export default library([
  "src/index.ts",
  "src/compression/index.ts",
  "src/constraints/index.ts",
  "src/evaluation/index.ts",
  "src/cli/main.ts",
]);

import { library } from "../../.config/tsup.js";

export default library([
  "src/index.ts",
  "src/node/index.ts",
  "src/node/run/worker.ts",
  "src/node/slurm/task.ts",
  "src/cli/main.ts",
]);

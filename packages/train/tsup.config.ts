import { library } from "../../.config/tsup.js";

export default library(["src/index.ts", "src/node/index.ts", "src/mpi/index.ts", "src/cli/main.ts"]);

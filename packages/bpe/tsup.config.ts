import { library } from "../../.config/tsup.js";

export default library(["src/index.ts", "src/node.ts", "src/template.ts", "src/cli/main.ts"]);

import { library } from "../../.config/tsup.js";

export default library(
  [
    "src/index.ts",
    "src/formats/index.ts",
    "src/inspect/index.ts",
    "src/lora/index.ts",
    "src/files.node.ts",
    "src/files.web.ts",
    "src/cli/main.ts",
  ],
  { external: ["#files"] },
);

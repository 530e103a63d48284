import { library } from "../../.config/tsup.js";

export default library(
  [
    "src/index.ts",
    "src/formats/index.ts",
    "src/lora/index.ts",
    "src/cli/main.ts",
    "src/files.node.ts",
    "src/files.web.ts",
  ],
  {
    external: ["#files"],
  },
);

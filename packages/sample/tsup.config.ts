import { cp } from "node:fs/promises";
import { library } from "../../.config/tsup.js";

export default library(["src/index.ts", "src/constraints/index.ts", "src/node.ts", "src/cli/main.ts"], {
  /** The chat page is served as it lies. */
  async onSuccess() {
    await cp("src/server/page", "dist/page", { recursive: true });
  },
});

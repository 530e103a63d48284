import { library } from "../../.config/tsup.js";

export default library(["src/index.ts", "src/engines/tfjs/index.ts", "src/engines/webgpu/index.ts"]);

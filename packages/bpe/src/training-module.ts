import { ModuleSource } from "./modules.js";
import { TRAINING } from "./training.generated.js";

/** The WebAssembly module of training. */
export const trainingModule = /* @__PURE__ */ new ModuleSource(TRAINING);

import { moduleOf } from "./modules.js";
import { TRAINING } from "./training.generated.js";

/** The WebAssembly module of training. @throws BpeError where it cannot be had */
export const trainingModule = /* @__PURE__ */ moduleOf(TRAINING);

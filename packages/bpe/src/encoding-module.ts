import { ENCODING } from "./encoding.generated.js";
import { ModuleSource } from "./modules.js";

/** The WebAssembly module of the tokenizer. */
export const encodingModule = /* @__PURE__ */ new ModuleSource(ENCODING);

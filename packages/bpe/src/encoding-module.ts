import { ENCODING } from "./encoding.generated.js";
import { moduleOf } from "./modules.js";

/** The WebAssembly module of the tokenizer. @throws BpeError where it cannot be had */
export const encodingModule = /* @__PURE__ */ moduleOf(ENCODING);

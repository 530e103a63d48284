// Loaded with the first text: what words of tokens stand at, and where.
export { tokensSeen } from "./token-places.js";
export { tokensOf } from "./token-words.js";

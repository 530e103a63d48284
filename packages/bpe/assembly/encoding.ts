// The module that the tokenizer runs on.
export { empty } from "./cache";
export { encode } from "./encode";
export { heapBase } from "./heap-base";
export { mergeScratch } from "./merge";
export { addMerge } from "./pairs";
export { recover } from "./recover";
export { scan } from "./scan";

export { empty } from "./cache";
export { encode } from "./encode";
export { mergeScratch } from "./merge";
export { addMerge } from "./pairs";
export { recover } from "./recover";
export { scan } from "./scan";
export { advance, newTrainer, trainerSize } from "./trainer";
export { countTexts, countWords, rehashWords, splitLines, writeWords } from "./words";

/** The first address behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}

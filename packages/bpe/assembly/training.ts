// The module that training runs on: apart, so that who only encodes does not load it.
export { heapBase } from "./heap-base";
export { scan } from "./scan";
export { advance, newTrainer, trainerSize } from "./advance";
export { countTexts, countWords, rehashWords, splitLines, writeWords } from "./words";

import type { Chapter } from "./chapter.js";
import { IN_A_BLOCK } from "./walk-block.js";
import { FROM_THE_BLOCKS, TO_THE_BLOCKS } from "./walk-network.js";

/** The walk through the network, stop by stop. */
export const CHAPTERS: readonly Chapter[] = [...TO_THE_BLOCKS, ...IN_A_BLOCK, ...FROM_THE_BLOCKS];

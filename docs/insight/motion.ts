/** Whether nothing is to move by itself: the reader's system says so. */
export const isStill = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

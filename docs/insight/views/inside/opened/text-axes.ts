import { axesOf } from "../../../cells/words.js";
import type { Overview } from "../../../engine/inside.js";

/** Whether a tensor's rows and columns are the text's tokens. */
export const isOfPairs = (tensor: string, { pictures }: Overview) =>
  axesOf(tensor, pictures[tensor]!.shape.length)
    .slice(-2)
    .every(({ of }) => of === "text");

/** Whether a tensor's rows are the text's tokens. */
export const isOfText = (tensor: string, { pictures }: Overview) =>
  axesOf(tensor, pictures[tensor]!.shape.length).at(-2)?.of === "text";

import { element } from "../../../element.js";
import type { BlockLayout } from "./layout.js";
import type { ShownBlock } from "./shown.js";
import type { Part } from "./tensors.js";

/** Where training drops numbers: of the embedding, of the weights of attention, and at the end of both branches. */
const DROPPED = ["into", "weights", "attended", "fed"] as const satisfies readonly Part[];

/** A word below each part on which dropout acts in training. */
export function dropoutMarks(layout: BlockLayout, { block }: ShownBlock): HTMLButtonElement[] {
  return DROPPED.filter((part) => part !== "into" || block.layer === 0).map((part) => {
    const { x, width, top } = layout.columns[part]!;
    const mark = element("button", { type: "button", className: "block-mark" }, "dropout");
    mark.dataset["on"] = part;
    const y = part === "weights" ? top + width + 6 : layout.bottom + 20;
    Object.assign(mark.style, { left: `${x + width / 2}px`, top: `${y}px` });
    return mark;
  });
}

import { element } from "../../../element.js";
import type { BlockLayout } from "./layout.js";
import type { Sum } from "./names.js";
import type { Part } from "./tensors.js";

/** What says how two rows are added, and stands where they are: over the stream's line with its plus, or between the rows. */
export function blockSum(part: Part, layout: BlockLayout): HTMLButtonElement[] {
  if (part !== "into" && part !== "middle" && part !== "out") return [];
  const { token, place, into, middle, attended, fed, out } = layout.columns;
  const right = (column = into!) => column.x + column.width;
  const overLine = (from = into!, added = into!, to = into!) => {
    const x = from.x + from.width / 2;
    return { x, y: 0, width: (right(added) + to.x) / 2 + 12 - x, height: 24 };
  };
  // Wide enough for a finger, it takes a little of both.
  const between = () => {
    const middle = (right(token) + place!.x) / 2;
    return { x: middle - 12, y: into!.top, width: 24, height: layout.bottom - into!.top };
  };
  if (part === "into" && !place) return [];
  const { x, y, width, height } =
    part === "into"
      ? between()
      : part === "middle"
        ? overLine(into, attended, middle)
        : overLine(middle, fed, out);
  const sum: Sum = `+${part}`;
  const root = element("button", {
    type: "button",
    className: "block-sum",
    attributes: { "aria-label": "Sum" },
  });
  root.dataset["on"] = sum;
  const box = { left: x, top: y, width, height };
  Object.assign(root.style, Object.fromEntries(Object.entries(box).map(([side, px]) => [side, `${px}px`])));
  return [root];
}

import { element } from "../../element.js";
import { visible } from "../../token-line.js";
import type { Column } from "./block-layout.js";

interface Next {
  readonly id: number;
  readonly p: number;
}

/** The most probable next tokens, each with a bar as long as it is probable. */
export function nextList(
  best: readonly Next[],
  tokens: readonly string[],
  { x, width, top, pitch }: Column,
): HTMLElement {
  const list = element(
    "ol",
    { className: "block-next", attributes: { "aria-label": "The most probable next tokens" } },
    ...best.map(({ id, p }) => {
      const bar = element("i");
      bar.style.width = `${100 * p}%`;
      const item = element(
        "li",
        {},
        bar,
        element("b", {}, visible(tokens[id]!)),
        element("small", {}, `${(100 * p).toFixed(p < 0.1 ? 1 : 0)}%`),
      );
      item.style.height = `${pitch - 4}px`;
      item.dataset["next"] = `${id} ${p}`;
      return item;
    }),
  );
  Object.assign(list.style, { left: `${x}px`, top: `${top}px`, width: `${width}px` });
  return list;
}

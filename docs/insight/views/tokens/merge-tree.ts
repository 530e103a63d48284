import { element } from "../../element.js";
import type { MergeTree } from "../../engine/tokens.js";
import { visible } from "../../token-line.js";

interface Node {
  readonly id: number;
  readonly rank: number | undefined;
  readonly parts: readonly Node[];
}

/** How a word's bytes are joined, merge by merge: what was joined last is outermost. */
export function mergeTree({ bytes, steps, texts }: MergeTree): HTMLElement {
  const nodes: Node[] = bytes.map((id) => ({ id, rank: undefined, parts: [] }));
  for (const { rank, index, id } of steps) {
    nodes.splice(index, 2, { id, rank, parts: nodes.slice(index, index + 2) });
  }
  const draw = ({ id, rank, parts }: Node): HTMLElement => {
    const name = rank === undefined ? visible(texts[id]!) : `${visible(texts[id]!)} · merge ${rank + 1}`;
    const box = element("span", { className: "merge", title: `token ${id}` }, element("span", {}, name));
    box.dataset["id"] = `${id}`;
    if (parts.length > 0) box.append(element("span", { className: "merge-parts" }, ...parts.map(draw)));
    return box;
  };
  return element(
    "div",
    { className: "merges", tabIndex: 0, attributes: { role: "group", "aria-label": "Merge tree" } },
    ...nodes.map(draw),
  );
}

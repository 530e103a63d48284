import type { Block } from "./blocks.js";
import type { HtmlNode } from "./tree.js";

/** For each block the number of the group that it is in: blocks of the same elements and classes, which a maker meant to be alike. */
export function groupAlike(nodes: readonly HtmlNode[], blocks: readonly Block[]): readonly number[] {
  const groups = new Map<string, number>();
  return blocks.map(({ node }) => {
    const own = nodes[node]!;
    const parent = nodes[own.parent] ?? own;
    const key = `${own.tag} ${own.attributes["class"] ?? ""}\n${parent.tag} ${parent.attributes["class"] ?? ""}`;
    const group = groups.get(key) ?? groups.size;
    groups.set(key, group);
    return group;
  });
}

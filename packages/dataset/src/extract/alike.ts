import type { Block } from "./block.js";
import type { HtmlNode } from "./tree.js";

/** For each block the number of the group that it is in: blocks of the same elements and classes, which a maker meant to be alike. */
export function groupAlike(nodes: readonly HtmlNode[], blocks: readonly Block[]): readonly number[] {
  const makes = new Makes();
  const groups = new Map<number, number>();
  return blocks.map(({ node }) => {
    const own = nodes[node]!;
    const make = makes.of(own);
    const both = make * 2 ** 26 + makes.of(nodes[own.parent] ?? own);
    let group = groups.get(both);
    if (group === undefined) {
      group = groups.size;
      groups.set(both, group);
    }
    return group;
  });
}

/** Numbers for tag and class of elements, as long as there are fewer than 2^26 of them. */
class Makes {
  readonly #byTag = new Map<string, Map<string, number>>();
  #count = 0;

  of({ tag, attributes }: HtmlNode): number {
    let byClass = this.#byTag.get(tag);
    if (!byClass) {
      byClass = new Map();
      this.#byTag.set(tag, byClass);
    }
    const name = attributes.class ?? "";
    let make = byClass.get(name);
    if (make === undefined) {
      make = this.#count++;
      byClass.set(name, make);
    }
    return make;
  }
}

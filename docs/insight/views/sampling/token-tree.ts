import { element } from "../../element.js";
import { visible } from "../../token-line.js";

interface Branch {
  readonly path: readonly number[];
  readonly children: Map<number, Branch>;
}

/** What was tried after the text, as a tree: a click goes there. */
export function tokenTree(
  paths: readonly (readonly number[])[],
  at: readonly number[],
  tokens: readonly string[],
  goTo: (path: readonly number[]) => void,
): HTMLElement {
  const root: Branch = { path: [], children: new Map() };
  for (const path of [...paths, at]) {
    let branch = root;
    for (const id of path) {
      const next = branch.children.get(id) ?? { path: [...branch.path, id], children: new Map() };
      branch.children.set(id, next);
      branch = next;
    }
  }
  return element("ul", {}, node(root, "the text"));

  function node({ path, children }: Branch, name: string): HTMLElement {
    const button = element("button", { type: "button" }, name);
    if (path.join() === at.join()) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => goTo(path));
    const inside = [...children].map(([id, child]) => node(child, visible(tokens[id] ?? `#${id}`)));
    return element("li", {}, button, inside.length > 0 && element("ul", {}, ...inside));
  }
}

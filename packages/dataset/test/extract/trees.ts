// Trees as text, to compare ours with parse5's.
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { parseHtml } from "../../src/extract/tree.js";

interface Line {
  readonly depth: number;
  readonly name: string;
}

/** Lines of a tree: elements with their id, class and href, and texts without white space around them. */
function lines(all: readonly Line[]): string[] {
  const joined: Line[] = [];
  for (const line of all) {
    const last = joined.at(-1);
    if (last && line.name.startsWith('"') && last.name.startsWith('"') && last.depth === line.depth)
      joined[joined.length - 1] = { depth: last.depth, name: last.name + line.name.slice(1) };
    else joined.push(line);
  }
  return joined
    .map(({ depth, name }) => ({
      depth,
      name: name.startsWith('"') ? name.replace(/\s+/g, " ").trim() : name,
    }))
    .filter(({ name }) => name !== '"' && name !== '" ')
    .map(({ depth, name }) => `${" ".repeat(depth)}${name.replace(/^" /, '"')}`);
}

const shown = ["id", "class", "href"] as const;
const written = (tag: string, attribute: (name: (typeof shown)[number]) => string | undefined) =>
  `<${tag.toLowerCase()} ${shown.map((name) => attribute(name) ?? "").join("|")}>`;

export function ourTree(html: string): string[] {
  const nodes = parseHtml(html);
  const depths = [0];
  const all: Line[] = [];
  for (let i = 1; i < nodes.length; i++) {
    const { tag, parent, text, attributes } = nodes[i]!;
    const depth = depths[parent]! + 1;
    depths[i] = depth;
    all.push({ depth, name: tag === "#text" ? `"${text}` : written(tag, (name) => attributes[name]) });
  }
  return lines(all);
}

export function theirTree(html: string): string[] {
  const all: Line[] = [];
  const stack: { node: DefaultTreeAdapterTypes.Node; depth: number }[] = [{ node: parse(html), depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, depth } = next;
    if (node.nodeName === "#text" && "value" in node)
      all.push({ depth, name: `"${node.value.replaceAll("\0", "")}` });
    if ("tagName" in node)
      all.push({
        depth,
        name: written(node.tagName, (name) => node.attrs.find((a) => a.name === name && !a.prefix)?.value),
      });
    const inside = "content" in node ? (node.content as DefaultTreeAdapterTypes.DocumentFragment) : node;
    if ("childNodes" in inside)
      for (const child of [...inside.childNodes].reverse()) stack.push({ node: child, depth: depth + 1 });
  }
  return lines(all);
}

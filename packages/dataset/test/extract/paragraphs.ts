import { type DefaultTreeAdapterTypes, parse } from "parse5";

/** The text in a page's paragraphs, as parse5 and a plain walk find it. */
export function paragraphs(html: string): string {
  let text = "";
  const stack: { node: DefaultTreeAdapterTypes.Node; isInside: boolean }[] = [
    { node: parse(html), isInside: false },
  ];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, isInside } = next;
    if (isInside && node.nodeName === "#text" && "value" in node) text += ` ${node.value}`;
    if (["script", "style", "noscript", "template", "select", "svg", "iframe"].includes(node.nodeName))
      continue;
    if ("childNodes" in node) {
      for (const child of [...node.childNodes].reverse())
        stack.push({ node: child, isInside: isInside || node.nodeName === "p" });
    }
  }
  return text.replace(/\s+/g, " ").trim();
}

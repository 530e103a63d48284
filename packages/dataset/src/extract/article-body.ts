import type { HtmlNode } from "./tree.js";

/** The longest `articleBody` of a page's JSON-LD, `""` where there is none. */
export function readArticleBody(nodes: readonly HtmlNode[]): string {
  let longest = "";
  for (let index = 0; index < nodes.length; index++) {
    const { tag, attributes, end } = nodes[index]!;
    if (tag !== "script" || attributes["type"]?.trim().toLowerCase() !== "application/ld+json") continue;
    const json = nodes
      .slice(index + 1, end)
      .map(({ text }) => text)
      .join("");
    if (!json.includes("articleBody")) continue;
    for (const body of bodiesIn(json)) if (body.length > longest.length) longest = body;
  }
  return longest;
}

/** Breadth-first, so that no depth overflows a stack. */
function bodiesIn(json: string): string[] {
  const bodies: string[] = [];
  try {
    const queue: unknown[] = [JSON.parse(json.replaceAll("\0", ""))];
    for (let i = 0; i < queue.length && i < 2000; i++) {
      const item = queue[i];
      if (typeof item !== "object" || item === null) continue;
      if ("articleBody" in item && typeof item.articleBody === "string") bodies.push(item.articleBody);
      queue.push(...Object.values(item).slice(0, 200));
    }
  } catch {
    // Not JSON, as often on the web: then it says nothing.
  }
  return bodies;
}

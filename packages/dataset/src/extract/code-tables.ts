import type { HtmlNode } from "./tree.js";

/**
 * The cells of a table that hold line numbers alone, if it shows code: either a row a line, its first cell empty or counting
 * on, its last one named for code or holding `code`; or one row whose first cell counts all lines and whose last one is code.
 */
export function lineNumberCells(nodes: readonly HtmlNode[], table: number): ReadonlySet<number> | undefined {
  const rows = elementsIn(nodes, table, "tr");
  if (rows.length === 0) return undefined;
  const numbers = new Set<number>();
  let expected: number | undefined;
  let isNumbered = false;
  for (const row of rows) {
    const cells = elementsIn(nodes, row, "td", "th");
    if (cells.length < 2) return undefined;
    const last = cells[cells.length - 1]!;
    if (!isCodeCell(nodes, last)) return undefined;
    for (const cell of cells.slice(0, -1)) {
      const counted = countOf(textIn(nodes, cell, 20_000));
      if (!counted) return undefined;
      if (counted.count > 0) {
        if (expected !== undefined && counted.first !== expected) return undefined;
        expected = counted.first + counted.count;
      }
      isNumbered ||= counted.count > 0 || isNumberName(nodes[cell]!);
      numbers.add(cell);
    }
  }
  return isNumbered ? numbers : undefined;
}

/** Rows or cells of a table or row, without those of tables inside; at most 5,000. */
function elementsIn(nodes: readonly HtmlNode[], index: number, ...tags: string[]): number[] {
  const found: number[] = [];
  for (let i = index + 1; i < nodes[index]!.end && found.length < 5000; i++) {
    const { tag, end } = nodes[i]!;
    if (tags.includes(tag)) {
      found.push(i);
      if (tag !== "tr") i = end - 1;
    } else if (tag === "table") i = end - 1;
  }
  return found;
}

function isCodeCell(nodes: readonly HtmlNode[], cell: number): boolean {
  if (/(?:^|[-_ ])(?:code|blob-code|source|src|line)(?![a-z])/i.test(nodes[cell]!.attributes["class"] ?? ""))
    return true;
  for (let i = cell + 1; i < Math.min(nodes[cell]!.end, cell + 8); i++) {
    if (nodes[i]!.tag === "pre" || nodes[i]!.tag === "code") return true;
  }
  return false;
}

function isNumberName({ attributes }: HtmlNode): boolean {
  return /(?:line-?no|line-?num|linenos|blob-num|gutter|lineno)/i.test(attributes["class"] ?? "");
}

/** How many numbers a text counts, one by one; nothing if it is something else. */
function countOf(text: string): { first: number; count: number } | undefined {
  const words = text.trim().split(/\s+/);
  if (words[0] === "") return { first: 0, count: 0 };
  const first = Number(words[0]);
  return words.every((word, i) => /^\d{1,6}$/.test(word) && Number(word) === first + i)
    ? { first, count: words.length }
    : undefined;
}

function textIn(nodes: readonly HtmlNode[], index: number, limit: number): string {
  let text = "";
  for (let i = index + 1; i < nodes[index]!.end && text.length < limit; i++) {
    text += nodes[i]!.tag === "#text" ? nodes[i]!.text : " ";
  }
  return text;
}

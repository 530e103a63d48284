import { isInline } from "./content.js";
import type { HtmlNode } from "./tree.js";

/** A run of text that stands on its own: a paragraph, a heading, a list item, a table row, preformatted text. */
export interface Block {
  readonly kind: "paragraph" | "heading" | "item" | "row" | "pre";
  readonly text: string;
  /** Characters inside links. */
  readonly linkLength: number;
  /** Characters in bold or italics. */
  readonly strongLength: number;
  /** The element that holds it. */
  readonly node: number;
}

const headings = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);

/** Cuts the chosen subtrees into blocks of text, in document order, leaving out what is marked in `dropped`. */
export function readBlocks(
  nodes: readonly HtmlNode[],
  roots: readonly number[],
  dropped: Uint8Array,
): Block[] {
  const writer = new BlockWriter();
  for (const root of roots) {
    readSubtree(nodes, root, dropped, writer);
    writer.flush();
  }
  return writer.blocks;
}

function readSubtree(
  nodes: readonly HtmlNode[],
  root: number,
  dropped: Uint8Array,
  writer: BlockWriter,
): void {
  const { end } = nodes[root]!;
  /** Open elements that change how text is read. */
  const open: { end: number; close: () => void }[] = [];
  for (let i = root; i < end; i++) {
    while (open.length > 0 && open[open.length - 1]!.end <= i) open.pop()!.close();
    const node = nodes[i]!;
    if (dropped[i]) {
      if (!isInline(node.tag)) writer.flush();
      i = node.end - 1;
      continue;
    }
    const { tag } = node;
    if (tag === "#text") writer.text(node.text, node.parent);
    else if (tag === "br") writer.lineBreak();
    else if ((tag === "td" || tag === "th") && writer.inRow) writer.cell();
    else if (tag === "a" && node.attributes["href"] !== undefined) {
      writer.link++;
      open.push({ end: node.end, close: () => writer.link-- });
    } else if (tag === "b" || tag === "strong" || tag === "em" || tag === "i") {
      writer.strong++;
      open.push({ end: node.end, close: () => writer.strong-- });
    } else if (!isInline(tag)) {
      open.push({
        end: node.end,
        close: writer.enter(tag === "tr" && !isDataRow(nodes, i) ? "div" : tag, i),
      });
    }
  }
  while (open.length > 0) open.pop()!.close();
}

/** Whether a row holds data, cells short enough for one line, rather than the layout of a page. */
function isDataRow(nodes: readonly HtmlNode[], row: number): boolean {
  let cells = 0;
  let length = 0;
  for (let i = row + 1; i < nodes[row]!.end; i++) {
    const { tag, text } = nodes[i]!;
    if (tag === "table") return false;
    if (tag === "td" || tag === "th") {
      cells++;
      length = 0;
    } else if (tag === "#text") length += text.length;
    if (length > 300) return false;
  }
  return cells > 1;
}

class BlockWriter {
  readonly blocks: Block[] = [];
  link = 0;
  strong = 0;
  inRow = false;
  private parts: string[] = [];
  /** What `parts` end in. */
  private last: "nothing" | "text" | "space" | "break" = "nothing";
  private linkLength = 0;
  private strongLength = 0;
  private kind: Block["kind"] = "paragraph";
  private node = 0;
  private preformatted = false;

  text(raw: string, parent: number): void {
    const text = this.preformatted ? raw : raw.replace(/[\s\u00a0\u200b\ufeff]+/g, " ");
    if (text === " " && this.last !== "text" && !this.preformatted) return;
    if (this.last === "nothing") this.node = parent;
    this.parts.push(text);
    this.last = text === " " ? "space" : "text";
    if (this.link > 0) this.linkLength += text.length;
    if (this.strong > 0) this.strongLength += text.length;
  }

  /** Two breaks in a row end a paragraph. */
  lineBreak(): void {
    if (this.inRow) this.space(" ");
    else if (this.last === "break" && !this.preformatted) this.flush();
    else if (this.last !== "nothing") {
      this.parts.push("\n");
      this.last = "break";
    }
  }

  cell(): void {
    this.space(" | ");
  }

  private space(text: string): void {
    if (this.last !== "nothing") this.parts.push(text);
  }

  /** Begins the block of an element and answers how to end it. */
  enter(tag: string, index: number): () => void {
    if (this.inRow && tag !== "table" && tag !== "tr") {
      this.space(" ");
      return () => {};
    }
    this.flush();
    const before = { kind: this.kind, preformatted: this.preformatted, inRow: this.inRow };
    this.node = index;
    if (headings.has(tag)) this.kind = "heading";
    else if (tag === "li" || tag === "dd" || tag === "dt") this.kind = "item";
    else if (tag === "pre") {
      this.kind = "pre";
      this.preformatted = true;
    } else if (tag === "tr") {
      this.kind = "row";
      this.inRow = true;
    }
    return () => {
      this.flush();
      this.kind = before.kind;
      this.preformatted = before.preformatted;
      this.inRow = before.inRow;
    };
  }

  flush(): void {
    const joined = this.parts.join("");
    const text = this.preformatted ? joined.trimEnd().replace(/^\n+/, "") : tidy(joined);
    if (text !== "") {
      const { kind, linkLength, strongLength, node } = this;
      this.blocks.push({ kind, text, linkLength, strongLength, node });
      if (kind === "item") this.kind = "paragraph";
    }
    this.parts = [];
    this.last = "nothing";
    this.linkLength = 0;
    this.strongLength = 0;
  }
}

function tidy(text: string): string {
  return text
    .replace(/ {2,}/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

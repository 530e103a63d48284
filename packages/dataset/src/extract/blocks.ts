import { Block } from "./block.js";
import { lineNumberCells } from "./code-tables.js";
import { isInline, isWithoutText, mayWrap } from "./elements.js";
import { markHidden } from "./hidden.js";
import type { HtmlNode } from "./tree.js";

const headings = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);

/** Cuts a page into blocks of text, in document order, leaving out what a reader of a line would not see as part of it. */
export function readBlocks(nodes: readonly HtmlNode[], hidden = markHidden(nodes)): Block[] {
  const writer = new BlockWriter(nodes, hidden);
  const shares = new TextShares(nodes);
  /** Open elements of blocks, each with how text was read before. */
  const open: { end: number; before: Reading }[] = [];
  for (let i = 0; i < nodes.length; i++) {
    while (open.length > 0 && open[open.length - 1]!.end <= i) writer.leave(open.pop()!.before);
    const node = nodes[i]!;
    const { tag, end } = node;
    if (tag === "#text") writer.text(node.text, i);
    else if (mayWrap(node) && shares.of(i) > 0.5) open.push({ end, before: writer.enter(tag, i) });
    else if (isWithoutText(node) || writer.skips(i)) {
      if (!isInline(node)) writer.skip();
      i = end - 1;
    } else if (tag === "br") writer.lineBreak();
    else if ((tag === "td" || tag === "th") && writer.inRow) writer.cell();
    else if (tag === "a" && node.attributes["href"] !== undefined)
      writer.linkEnd = Math.max(writer.linkEnd, end);
    else if (tag === "b" || tag === "strong" || tag === "em" || tag === "i") {
      writer.strongEnd = Math.max(writer.strongEnd, end);
    } else if (!isInline(node)) open.push({ end, before: writer.enter(tag, i) });
  }
  while (open.length > 0) writer.leave(open.pop()!.before);
  writer.flush();
  return writer.blocks;
}

/** How much of a page's text an element holds, counted when it is first asked for. */
class TextShares {
  readonly #nodes: readonly HtmlNode[];
  /** Characters before each node. */
  #before: Float64Array | undefined;

  constructor(nodes: readonly HtmlNode[]) {
    this.#nodes = nodes;
  }

  of(index: number): number {
    this.#before ??= this.#count();
    const total = this.#before[this.#nodes.length]!;
    return (this.#before[this.#nodes[index]!.end]! - this.#before[index]!) / Math.max(1, total);
  }

  #count(): Float64Array {
    const before = new Float64Array(this.#nodes.length + 1);
    this.#nodes.forEach(({ tag, text, parent }, i) => {
      const holder = this.#nodes[Math.max(0, parent)]!;
      const counts = tag === "#text" && (!isWithoutText(holder) || mayWrap(holder));
      before[i + 1] = before[i]! + (counts && !isBlank(text) ? text.trim().length : 0);
    });
    return before;
  }
}

/** How the text of an element is read. */
interface Reading {
  readonly kind: Block["kind"];
  readonly isPreformatted: boolean;
  readonly inRow: boolean;
  /** Cells that hold line numbers alone, of a table that shows code. */
  readonly lineNumbers: ReadonlySet<number> | undefined;
}

/** Whether a row holds data, cells short enough for one line, rather than the layout of a page. */
function isDataRow(nodes: readonly HtmlNode[], row: number): boolean {
  let cells = 0;
  let length = 0;
  for (let i = row + 1; i < nodes[row]!.end; i++) {
    const { tag, text } = nodes[i]!;
    if (tag === "table" || tag === "pre") return false;
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
  /** Where the links end that are open, and where what is bold or italic does. */
  linkEnd = 0;
  strongEnd = 0;
  readonly #nodes: readonly HtmlNode[];
  readonly #hidden: Uint8Array;
  #parts: string[] = [];
  /** What `#parts` end in. */
  #last: "nothing" | "text" | "space" | "break" = "nothing";
  #linkLength = 0;
  #strongLength = 0;
  #reading: Reading = { kind: "paragraph", isPreformatted: false, inRow: false, lineNumbers: undefined };
  /** Of the block under way. */
  #kind: Block["kind"] = "paragraph";
  /** The first and the last node with text in it. */
  #first = 0;
  #end = 0;

  constructor(nodes: readonly HtmlNode[], hidden: Uint8Array) {
    this.#nodes = nodes;
    this.#hidden = hidden;
  }

  get inRow(): boolean {
    return this.#reading.inRow;
  }

  /** Line numbers, controls inside a line, and the parts of one that are not shown. */
  skips(index: number): boolean {
    const node = this.#nodes[index]!;
    if (this.#reading.lineNumbers?.has(index)) return true;
    if (node.tag === "button") return this.#last !== "nothing" && this.#kind !== "heading";
    return this.#hidden[index] === 1 && this.#last !== "nothing" && isInline(node);
  }

  /** Passes over a block-level element without text. */
  skip(): void {
    if (!this.#reading.isPreformatted) this.flush();
  }

  text(raw: string, index: number): void {
    const { isPreformatted } = this.#reading;
    const text = isPlain(raw) ? raw : !isPreformatted && isBlank(raw) ? " " : this.#clean(raw);
    if (text === "" || (text === " " && this.#last !== "text" && !isPreformatted)) return;
    if (this.#last === "nothing") this.#first = index;
    this.#parts.push(text);
    this.#last = text === " " ? "space" : "text";
    if (text !== " ") this.#end = index;
    if (index < this.linkEnd) this.#linkLength += text.length;
    if (index < this.strongEnd) this.#strongLength += text.length;
  }

  #clean(raw: string): string {
    const written = raw.replace(invisible, "");
    return this.#reading.isPreformatted
      ? written.replace(/\r\n?/g, "\n")
      : written.replace(/[\s\u0085]{2,}|[^\S ]|\u0085/g, " ");
  }

  /** Two breaks in a row end a paragraph. */
  lineBreak(): void {
    if (this.inRow) this.#space(" ");
    else if (this.#last === "break" && !this.#reading.isPreformatted) this.flush();
    else if (this.#last !== "nothing") {
      this.#parts.push("\n");
      this.#last = "break";
    }
  }

  cell(): void {
    this.#space(" | ");
  }

  #space(text: string): void {
    if (this.#last !== "nothing") this.#parts.push(text);
  }

  /** Begins the block of an element and answers how text was read before. */
  enter(tag: string, index: number): Reading {
    const { inRow, isPreformatted } = this.#reading;
    const isInCell = inRow && tag !== "table" && tag !== "tr";
    if (isInCell) this.#space(" ");
    else if (isPreformatted) this.#breakLine();
    else this.flush();
    const before = this.#reading;
    if (!isInCell && !isPreformatted) this.#read(this.#readingOf(tag, index));
    return before;
  }

  /** Ends it. */
  leave(before: Reading): void {
    if (this.#reading === before && before.inRow) return;
    if (before.isPreformatted) this.#breakLine();
    else {
      this.flush();
      this.#read(before);
    }
  }

  #read(reading: Reading): void {
    this.#reading = reading;
    this.#kind = reading.kind;
  }

  #readingOf(tag: string, index: number): Reading {
    const before = this.#reading;
    if (headings.has(tag)) return { ...before, kind: "heading" };
    if (tag === "li" || tag === "dd" || tag === "dt") return { ...before, kind: "item" };
    if (tag === "pre") return { ...before, kind: "pre", isPreformatted: true };
    if (tag === "tr") return isDataRow(this.#nodes, index) ? { ...before, kind: "row", inRow: true } : before;
    const lineNumbers = tag === "table" ? lineNumberCells(this.#nodes, index) : undefined;
    return lineNumbers ? { ...before, kind: "pre", isPreformatted: true, lineNumbers } : before;
  }

  /** Ends a line of preformatted text that elements make up. */
  #breakLine(): void {
    const last = this.#parts[this.#parts.length - 1];
    if (last !== undefined && !last.endsWith("\n")) this.#parts.push("\n");
  }

  flush(): void {
    if (this.#last === "nothing") return;
    const joined = this.#parts.join("");
    const text = this.#reading.isPreformatted ? joined.trimEnd().replace(/^\n+/, "") : tidy(joined);
    if (text !== "") {
      this.blocks.push(new Block(this.#kind, text, this.#linkLength, this.#strongLength, this.#holder()));
      if (this.#kind === "item") this.#read({ ...this.#reading, kind: "paragraph" });
    }
    this.#parts = [];
    this.#last = "nothing";
    this.#linkLength = 0;
    this.#strongLength = 0;
  }

  #holder(): number {
    let node = this.#nodes[this.#first]!.parent;
    while (node > 0 && this.#nodes[node]!.end <= this.#end) node = this.#nodes[node]!.parent;
    return node;
  }
}

/** NUL, soft hyphens, and what joins or parts words without being seen. */
const invisible = /[\0\u00ad\u200b\u2060\ufeff]+/g;

/** Whether a text is printable ASCII with single spaces, as most are, and so is clean. */
function isPlain(text: string): boolean {
  let before = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126 || (code === 32 && before === 32)) return false;
    before = code;
  }
  return true;
}

/** Whether a text is spaces and line breaks, as most between elements are. */
function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 32 && (code < 9 || code > 13)) return false;
  }
  return true;
}

function tidy(text: string): string {
  const single = text.includes("  ") ? text.replace(/ {2,}/g, " ") : text;
  return (single.includes("\n") ? single.replace(/ ?\n ?/g, "\n") : single).trim();
}

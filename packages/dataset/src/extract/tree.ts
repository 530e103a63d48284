import { type Attributes, type MarkupHandler, noAttributes, readMarkup } from "./markup.js";

/**
 * A page as a flat list of nodes in document order: a node's subtree is the contiguous range
 * `[index, end)`, so every later pass is a loop and none can overflow a stack, however deep the page is.
 */
export interface HtmlNode {
  /** Lower-case name, or `"#text"`. */
  readonly tag: string;
  readonly parent: number;
  /** Index after the last node of this subtree. */
  end: number;
  /** Content of a text node, and of the scripts that hold data; `""` otherwise. */
  text: string;
  readonly attributes: Attributes;
}

/** Browsers stop nesting at 512; what is deeper becomes content of the element at the limit. */
const maxDepth = 512;

const voidElements = new Set(
  "area base br col embed frame hr img input keygen link meta param source track wbr".split(" "),
);
/** Elements whose end tag closes them alone, leaving open what was opened inside (mis-nesting is common). */
const formatting = new Set(
  "a abbr b big code em font i ins label nobr s small span strike strong sub sup tt u".split(" "),
);
const closesParagraph = new Set(
  "address article aside blockquote center details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main menu nav ol p pre section table ul".split(
    " ",
  ),
);
/** An open one of some elements is closed, unless one of others is open inside it. */
interface ImpliedEnd {
  readonly close: readonly string[];
  readonly within: readonly string[];
}
const paragraphEnd: ImpliedEnd = { close: ["p"], within: ["td", "th", "table", "li", "button"] };
/** What opening an element closes. */
const impliedEnd: ReadonlyMap<string, ImpliedEnd> = new Map(
  Object.entries({
    li: { close: ["li"], within: ["ul", "ol", "menu"] },
    dt: { close: ["dt", "dd"], within: ["dl"] },
    dd: { close: ["dt", "dd"], within: ["dl"] },
    td: { close: ["td", "th"], within: ["table", "tr"] },
    th: { close: ["td", "th"], within: ["table", "tr"] },
    tr: { close: ["tr"], within: ["table"] },
    tbody: { close: ["tbody", "thead", "tfoot"], within: ["table"] },
    thead: { close: ["tbody", "thead", "tfoot"], within: ["table"] },
    tfoot: { close: ["tbody", "thead", "tfoot"], within: ["table"] },
    option: { close: ["option"], within: ["select", "datalist"] },
    optgroup: { close: ["optgroup", "option"], within: ["select"] },
    a: { close: ["a"], within: ["td", "th", "table", "body"] },
    body: { close: ["head"], within: ["html"] },
  }),
);

/** Nests tags and text into a flat tree. */
class TreeBuilder implements MarkupHandler {
  readonly nodes: HtmlNode[] = [{ tag: "#root", parent: -1, end: 1, text: "", attributes: noAttributes }];
  private readonly stack: number[] = [0];
  /** How many elements of a name are open. */
  private readonly opened = new Map<string, number>();
  private overflow = 0;
  private pending = "";

  text(text: string): void {
    this.pending += text;
  }

  open(tag: string, attributes: Attributes, isSelfClosing: boolean): void {
    this.flushText();
    const isEmpty = isSelfClosing && (tag === "path" || tag === "use" || this.opened.has("svg"));
    this.openElement(tag, attributes, isEmpty || voidElements.has(tag));
  }

  close(tag: string): void {
    this.flushText();
    if (tag === "br") this.openElement(tag, noAttributes, true);
    else this.closeElement(tag);
  }

  /** Closes what is still open. */
  end(): void {
    this.flushText();
    const { nodes } = this;
    for (let i = nodes.length - 1; i > 0; i--) {
      const node = nodes[i]!;
      const parent = nodes[node.parent]!;
      if (parent.end < node.end) parent.end = node.end;
    }
  }

  private append(tag: string, text: string, attributes: Attributes): number {
    const index = this.nodes.length;
    const parent = this.stack[this.stack.length - 1]!;
    this.nodes.push({ tag, parent, end: index + 1, text, attributes });
    return index;
  }

  private flushText(): void {
    if (this.pending === "") return;
    this.append("#text", this.pending, noAttributes);
    this.pending = "";
  }

  private openElement(tag: string, attributes: Attributes, isVoid: boolean): void {
    if (closesParagraph.has(tag) && this.opened.has("p")) this.closeWithin(paragraphEnd);
    const implied = impliedEnd.get(tag);
    if (implied) this.closeWithin(implied);
    if (isVoid) this.append(tag, "", attributes);
    else if (this.stack.length >= maxDepth) this.overflow++;
    else {
      this.stack.push(this.append(tag, "", attributes));
      this.opened.set(tag, (this.opened.get(tag) ?? 0) + 1);
    }
  }

  private closeWithin({ close, within }: ImpliedEnd): void {
    if (!close.some((tag) => this.opened.has(tag))) return;
    for (let i = this.stack.length - 1; i > 0; i--) {
      const { tag } = this.nodes[this.stack[i]!]!;
      if (close.includes(tag)) {
        this.pop(i);
        return;
      }
      if (within.includes(tag)) return;
    }
  }

  private closeElement(tag: string): void {
    if (this.overflow > 0) {
      this.overflow--;
      return;
    }
    if (!this.opened.has(tag)) return;
    const isTablePart = tag === "table" || tag === "tr" || tag === "tbody" || tag === "td" || tag === "th";
    for (let i = this.stack.length - 1; i > 0; i--) {
      const name = this.nodes[this.stack[i]!]!.tag;
      if (name === tag) {
        if (formatting.has(tag)) {
          this.stack.splice(i, 1);
          this.forget(tag);
        } else this.pop(i);
        return;
      }
      if (!isTablePart && (name === "td" || name === "th") && tag !== "body" && tag !== "html") return;
    }
  }

  private pop(to: number): void {
    while (this.stack.length > to) this.forget(this.nodes[this.stack.pop()!]!.tag);
  }

  private forget(tag: string): void {
    const count = this.opened.get(tag)! - 1;
    if (count === 0) this.opened.delete(tag);
    else this.opened.set(tag, count);
  }
}

/** Parses HTML into its flat tree; node 0 is the root. Never throws, and takes time linear in the page. */
export function parseHtml(html: string): HtmlNode[] {
  const builder = new TreeBuilder();
  readMarkup(html, builder);
  builder.end();
  return builder.nodes;
}

import { Tokenizer } from "htmlparser2";

/**
 * A page as a flat list of nodes in document order: a node's subtree is the contiguous range
 * `[index, end)`, so every later pass is a loop and none can overflow a stack, however deep the page is.
 */
export interface HtmlNode {
  /** Lower-case name, or `"#text"`. */
  readonly tag: string;
  readonly parent: number;
  readonly depth: number;
  /** Index after the last node of this subtree. */
  end: number;
  /** Content of a text node, and of the scripts that hold data; `""` otherwise. */
  text: string;
  readonly attributes: Record<string, string>;
}

/** Browsers stop nesting at 512; what is deeper becomes content of the element at the limit. */
const maxDepth = 512;

const keptAttributes = new Set(
  "id class role itemprop itemtype style hidden aria-hidden href rel name property http-equiv content datetime lang type data-component".split(
    " ",
  ),
);
const noAttributes: Record<string, string> = Object.freeze({});

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
/** Opening the key closes an open one of the values, up to the nearest boundary. */
const impliedEnd: Record<string, { close: readonly string[]; within: readonly string[] }> = {
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
};

/** Collects what htmlparser2's tokenizer reports into a flat tree. */
class TreeBuilder {
  readonly nodes: HtmlNode[] = [
    { tag: "#root", parent: -1, depth: 0, end: 1, text: "", attributes: noAttributes },
  ];
  private readonly html: string;
  private readonly stack: number[] = [0];
  private readonly open = new Map<string, number>();
  private overflow = 0;
  private tag = "";
  private attributes: Record<string, string> = noAttributes;
  private attributeName = "";
  private attributeValue = "";
  private text: string[] = [];

  constructor(html: string) {
    this.html = html;
  }

  ontext(start: number, end: number): void {
    this.text.push(this.html.slice(start, end));
  }
  ontextentity(codePoint: number): void {
    this.text.push(String.fromCodePoint(codePoint));
  }
  oncdata(start: number, end: number, endOffset: number): void {
    this.text.push(this.html.slice(start, end - endOffset));
  }
  onopentagname(start: number, end: number): void {
    this.flushText();
    this.tag = this.html.slice(start, end).toLowerCase();
    this.attributes = noAttributes;
  }
  onattribname(start: number, end: number): void {
    this.attributeName = this.html.slice(start, end).toLowerCase();
    this.attributeValue = "";
  }
  onattribdata(start: number, end: number): void {
    this.attributeValue += this.html.slice(start, end);
  }
  onattribentity(codePoint: number): void {
    this.attributeValue += String.fromCodePoint(codePoint);
  }
  onattribend(): void {
    if (!keptAttributes.has(this.attributeName)) return;
    if (this.attributes === noAttributes) this.attributes = {};
    this.attributes[this.attributeName] ??= this.attributeValue;
  }
  onopentagend(): void {
    this.openElement(voidElements.has(this.tag));
  }
  onselfclosingtag(): void {
    this.openElement(
      voidElements.has(this.tag) || this.open.has("svg") || this.tag === "path" || this.tag === "use",
    );
  }
  onclosetag(start: number, end: number): void {
    this.flushText();
    const tag = this.html.slice(start, end).trim().toLowerCase();
    if (tag === "br") {
      this.tag = "br";
      this.attributes = noAttributes;
      this.openElement(true);
    } else this.closeElement(tag);
  }
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {
    this.flushText();
    const { nodes } = this;
    for (let i = nodes.length - 1; i > 0; i--) {
      const node = nodes[i]!;
      const parent = nodes[node.parent]!;
      if (parent.end < node.end) parent.end = node.end;
    }
  }

  private append(tag: string, text: string, attributes: Record<string, string>): number {
    const index = this.nodes.length;
    const parent = this.stack[this.stack.length - 1]!;
    this.nodes.push({ tag, parent, depth: this.stack.length, end: index + 1, text, attributes });
    return index;
  }

  private flushText(): void {
    if (this.text.length === 0) return;
    this.append("#text", this.text.length === 1 ? this.text[0]! : this.text.join(""), noAttributes);
    this.text = [];
  }

  private openElement(isVoid: boolean): void {
    const { tag } = this;
    if (closesParagraph.has(tag) && this.open.has("p"))
      this.closeWithin(["p"], ["td", "th", "table", "li", "button"]);
    const implied = impliedEnd[tag];
    if (implied) this.closeWithin(implied.close, implied.within);
    if (isVoid) this.append(tag, "", this.attributes);
    else if (this.stack.length >= maxDepth) this.overflow++;
    else {
      this.stack.push(this.append(tag, "", this.attributes));
      this.open.set(tag, (this.open.get(tag) ?? 0) + 1);
    }
  }

  private closeWithin(close: readonly string[], within: readonly string[]): void {
    if (!close.some((tag) => this.open.has(tag))) return;
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
    if (!this.open.has(tag)) return;
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
    const count = this.open.get(tag)! - 1;
    if (count === 0) this.open.delete(tag);
    else this.open.set(tag, count);
  }
}

/** Parses HTML into its flat tree; node 0 is the root. Never throws, and takes time linear in the page. */
export function parseHtml(html: string): HtmlNode[] {
  const builder = new TreeBuilder(html);
  const tokenizer = new Tokenizer({ decodeEntities: true }, builder);
  tokenizer.write(html);
  tokenizer.end();
  return builder.nodes;
}

import { type Attributes, noAttributes } from "../attributes.js";
import type { MarkupHandler, TextKind } from "../markup.js";
import { createElement, Element, insert, type Space } from "./element.js";
import { ActiveFormatting } from "./formatting.js";
import { BUTTON, OpenElements } from "./open-elements.js";
import { TABLE_PART, textKindOf } from "./tags.js";

/** The insertion modes of the HTML Standard that a page's content depends on. */
export type Mode =
  | "initial"
  | "beforeHtml"
  | "beforeHead"
  | "inHead"
  | "afterHead"
  | "inBody"
  | "text"
  | "inTable"
  | "inCaption"
  | "inColumnGroup"
  | "inTableBody"
  | "inRow"
  | "inCell"
  | "inSelect"
  | "inSelectInTable"
  | "inTemplate"
  | "afterBody"
  | "inFrameset"
  | "afterFrameset";

/** What to do with text and tags in one of the HTML Standard's insertion modes. */
export interface Rules {
  text(builder: TreeBuilder, text: string): void;
  open(builder: TreeBuilder, tag: string, attributes: Attributes, isSelfClosing: boolean): void;
  /** The tag `#end` is the end of the page. */
  close(builder: TreeBuilder, tag: string): void;
}

/** How SVG and MathML are read. */
export interface ForeignRules {
  /** Whether a start tag, or text, is read by these rules. */
  takes(builder: TreeBuilder, tag: string): boolean;
  open(builder: TreeBuilder, tag: string, attributes: Attributes, isSelfClosing: boolean): void;
  close(builder: TreeBuilder, tag: string): void;
}

/** Browsers stop nesting at 512; what is deeper becomes content of the element at the limit, open as it may be. */
const maxDepth = 512;

/** Builds the tree of a page from its tags and text, by the rules of the HTML Standard ("tree construction"). */
export class TreeBuilder implements MarkupHandler {
  readonly #modes: Readonly<Record<Mode, Rules>>;
  readonly #foreign: ForeignRules;
  readonly root = new Element("#root", noAttributes, "html", 0);
  readonly elements = new OpenElements();
  readonly formatting = new ActiveFormatting();
  readonly templates: Mode[] = [];
  mode: Mode = "initial";
  /** The mode to return to behind an element of text. */
  original: Mode = "initial";
  head: Element | undefined;
  form: Element | undefined;
  /** Whether a frameset may still take the place of the body. */
  framesetOk = true;
  /** Whether the page is read as before standards: a table may then stand in a paragraph. */
  isQuirky = false;
  /** Whether what a table cannot hold goes before it. */
  isFostering = false;
  /** Whether a line feed that comes next is dropped. */
  skipsNewline = false;
  /** How the text behind the tag that was opened last is read. */
  textKind: TextKind | undefined;
  /** Gives all attributes of the tag that was opened last, as they stand there. */
  #written = () => "";

  constructor(modes: Readonly<Record<Mode, Rules>>, foreign: ForeignRules) {
    this.#modes = modes;
    this.#foreign = foreign;
  }

  text(text: string): void {
    const skips = this.skipsNewline;
    this.skipsNewline = false;
    const rest = skips && text.charCodeAt(0) === 10 ? text.slice(1) : text;
    if (rest === "") return;
    if (this.#foreign.takes(this, "#text")) {
      this.insertText(rest);
      if (/[^\t\n\f\r ]/.test(rest)) this.framesetOk = false;
    } else this.#modes[this.mode].text(this, rest);
  }

  open(
    tag: string,
    attributes: Attributes,
    isSelfClosing: boolean,
    written: () => string,
  ): TextKind | undefined {
    this.#written = written;
    this.skipsNewline = false;
    this.textKind = undefined;
    if (this.#foreign.takes(this, tag)) this.#foreign.open(this, tag, attributes, isSelfClosing);
    else this.openHtml(tag, attributes, isSelfClosing);
    return this.textKind;
  }

  close(tag: string): void {
    this.skipsNewline = false;
    if (this.elements.items.length > 0 && this.elements.current.space !== "html")
      this.#foreign.close(this, tag);
    else this.closeHtml(tag);
  }

  doctype(text: string): void {
    if (this.mode !== "initial") return;
    this.isQuirky = isQuirky(text);
    this.mode = "beforeHtml";
  }

  /** Whether `<![CDATA[` begins text. */
  get takesCdata(): boolean {
    return this.elements.items.length > 0 && this.elements.current.space !== "html";
  }

  end(): void {
    if (this.mode === "text") this.closeHtml("#end");
    while (this.templates.length > 0) this.#modes.inTemplate.close(this, "template");
    // A page without any of them has a body too.
    if (this.mode !== "inFrameset" && this.mode !== "afterFrameset") this.closeHtml("#end");
  }

  openHtml(tag: string, attributes: Attributes, isSelfClosing = false): void {
    this.#modes[this.mode].open(this, tag, attributes, isSelfClosing);
  }

  closeHtml(tag: string): void {
    this.#modes[this.mode].close(this, tag);
  }

  /** Puts an element where it belongs and leaves it open. */
  push(tag: string, attributes: Attributes = noAttributes, space: Space = "html"): Element {
    const element = createElement(tag, attributes, space);
    this.place(element);
    this.elements.push(element);
    return element;
  }

  /** Puts an element where it belongs that holds nothing. */
  append(tag: string, attributes: Attributes, space: Space = "html"): void {
    this.place(createElement(tag, attributes, space));
  }

  /** Opens an element that holds text alone. */
  pushText(tag: string, attributes: Attributes): void {
    this.push(tag, attributes);
    this.textKind = textKindOf(tag);
    if (this.textKind === "plaintext") return;
    this.original = this.mode;
    this.mode = "text";
  }

  pushFormatting(tag: string, attributes: Attributes): void {
    this.reconstruct();
    const element = this.push(tag, attributes);
    element.written = this.#written().trim();
    this.formatting.push(element);
  }

  reconstruct(): void {
    if (!this.formatting.isLeft(this.elements)) return;
    this.formatting.reconstruct(this.elements, (element) => {
      this.place(element);
      this.elements.push(element);
    });
  }

  /** Ends a paragraph that is open and may be ended here. */
  closeParagraph(): void {
    if (!this.elements.hasInScope("p", BUTTON)) return;
    this.elements.closeImplied("p");
    this.elements.popToTag("p");
  }

  insertText(text: string): void {
    if (this.#isMisplaced()) {
      const [parent, next] = this.#placeBeforeTable();
      addText(text, parent, next);
    } else addText(text, this.#holder());
  }

  place(element: Element): void {
    if (this.#isMisplaced()) this.foster(element);
    else insert(element, this.#holder());
  }

  /** Puts a node before the table that is open. */
  foster(element: Element): void {
    const [parent, next] = this.#placeBeforeTable();
    insert(element, parent, next);
  }

  /** Whether what comes now stands in a table that cannot hold it. */
  #isMisplaced(): boolean {
    return (
      this.isFostering && this.elements.items.length > 0 && (this.elements.current.bits & TABLE_PART) !== 0
    );
  }

  /** What holds the next node. */
  #holder(): Element {
    const { items } = this.elements;
    return items.length === 0 ? this.root : items[Math.min(items.length, maxDepth) - 1]!;
  }

  #placeBeforeTable(): [Element, Element | undefined] {
    const { items } = this.elements;
    for (let i = items.length - 1; i > 0; i--) {
      const element = items[i]!;
      if (element.space !== "html") continue;
      if (element.tag === "template") return [element, undefined];
      if (element.tag === "table") return element.up ? [element.up, element] : [items[i - 1]!, undefined];
    }
    return [items[0] ?? this.root, undefined];
  }
}

function addText(text: string, parent: Element, next?: Element): void {
  const before = next ? next.previous : parent.last;
  if (before?.tag === "#text") before.text += text;
  else {
    const node = new Element("#text", noAttributes, "html", 0);
    node.text = text;
    insert(node, parent, next);
  }
}

const quirkyNames =
  /^(?:\+\/\/silmaril\/\/|-\/\/(?:as|advasoft ltd|ietf|metrius|microsoft|netscape comm\. corp\.|o'reilly and associates|sq|softquad(?: software)?|spyglass|sun microsystems corp\.|w3o|webtechs)\/\/|-\/\/w3c\/\/dtd (?:html (?:3 |3\.2|4\.0 (?:frameset|transitional)|experimental)|w3 html)|-\/w3c\/dtd html 4\.0 transitional\/en$|html$)/i;
const quirkyWithoutSystem = /^-\/\/w3c\/\/dtd html 4\.01 (?:frameset|transitional)\/\//i;

function isQuirky(doctype: string): boolean {
  const found =
    /^\s*([^\s>]*)\s*(?:(public)\s*(?:"([^">]*)"|'([^'>]*)')\s*(?:"([^">]*)"|'([^'>]*)')?|system\s*(?:"([^">]*)"|'([^'>]*)'))?/i.exec(
      doctype,
    );
  const publicId = found?.[3] ?? found?.[4];
  const systemId = found?.[5] ?? found?.[6] ?? found?.[7] ?? found?.[8];
  if (found?.[1]?.toLowerCase() !== "html") return true;
  if (systemId?.toLowerCase() === "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd") return true;
  if (publicId === undefined) return false;
  return quirkyNames.test(publicId) || (systemId === undefined && quirkyWithoutSystem.test(publicId));
}

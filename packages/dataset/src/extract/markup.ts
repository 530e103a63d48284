import { decodeHTML, decodeHTMLAttribute } from "entities/decode";
import { type Attributes, attributeName, noAttributes, TagAttributes } from "./attributes.js";

/** What a page is made of, in order. */
export interface MarkupHandler {
  /** A piece of text, its entities decoded; several may follow each other. */
  text(text: string): void;
  /**
   * Answers how the text that follows is read, where it is no markup up to an end tag of the same name.
   *
   * @param written gives all attributes, as they stand in the tag, until it has answered
   */
  open(
    tag: string,
    attributes: Attributes,
    isSelfClosing: boolean,
    written: () => string,
  ): TextKind | undefined;
  close(tag: string): void;
  /** What stands between `<!doctype` and `>`. */
  doctype?(text: string): void;
  /** Whether `<![CDATA[` begins text here, rather than a comment. */
  readonly takesCdata?: boolean;
}

/** Text with entities, without, or without an end. */
export type TextKind = "decoded" | "raw" | "plaintext";

/** Names of tags met last, by a hash of theirs: nearly all tags are among them, and need not be cut out of the page. */
const tagNames: string[] = Array.from({ length: 4096 }, () => "");
/** Characters from which on a name is not kept. */
const LONG = 40;

/** Whether a lower-case name stands in a tag, in whatever case. */
function isWritten(html: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = html.charCodeAt(start + i);
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== name.charCodeAt(i)) return false;
  }
  return true;
}

/** The same text as a string that compares with equal ones, and with others, at once. */
function internalize(text: string): string {
  return Object.keys({ [text]: 0 })[0]!;
}

/**
 * Cuts HTML into tags and text by the tokenization rules of the HTML Standard, as far as a page's content depends on them.
 * It looks ahead for the character that ends what it is in rather than at every character, which makes it several times as
 * fast as a state machine. Takes time linear in the page, and accepts everything.
 */
export function readMarkup(html: string, handler: MarkupHandler): void {
  new MarkupReader(html, handler).read();
}

class MarkupReader {
  readonly #html: string;
  readonly #handler: MarkupHandler;
  #at = 0;
  /** Where the attributes begin of the tag read last. */
  #attributesStart = 0;
  readonly #written = () => this.#html.slice(this.#attributesStart, this.#at - 1);
  /** Of the tag read last. */
  #isSelfClosing = false;
  /** Of the attribute read last. */
  #valueStart = 0;
  #valueEnd = 0;
  /** Where `-->` comes next, or the end; looked for once, not from every comment. */
  #commentEnd = -1;

  constructor(html: string, handler: MarkupHandler) {
    this.#html = html;
    this.#handler = handler;
  }

  read(): void {
    const html = this.#html;
    while (this.#at < html.length) {
      let start = html.indexOf("<", this.#at);
      while (start >= 0 && !beginsMarkup(html.charCodeAt(start + 1))) start = html.indexOf("<", start + 1);
      const end = start < 0 ? html.length : start;
      if (end > this.#at) this.#text(this.#at, end);
      this.#at = end + 1;
      if (start >= 0) this.#markup(html.charCodeAt(this.#at));
    }
  }

  #text(start: number, end: number): void {
    const text = this.#html.slice(start, end);
    this.#handler.text(text.includes("&") ? decodeHTML(text) : text);
  }

  /** Reads what a `<` that stands before `#at` begins. */
  #markup(first: number): void {
    const html = this.#html;
    if (isLetter(first)) this.#openTag();
    else if (first === SLASH) {
      const next = html.charCodeAt(this.#at + 1);
      this.#at++;
      if (isLetter(next)) this.#closeTag();
      else if (this.#at >= html.length) this.#handler.text("</");
      else this.#skipPast(">");
    } else if (html.startsWith("!--", this.#at)) this.#comment(this.#at + 3);
    else if (this.#handler.takesCdata && html.startsWith("![CDATA[", this.#at)) {
      const start = this.#at + 8;
      const end = html.indexOf("]]>", start);
      if (end > start) this.#handler.text(html.slice(start, end));
      this.#at = end < 0 ? html.length : end + 3;
    } else {
      const start = this.#at;
      this.#skipPast(">");
      if (first === 0x21 && /^!doctype/i.test(html.slice(start, start + 8)))
        this.#handler.doctype?.(html.slice(start + 8, this.#at - 1));
    }
  }

  #skipPast(character: string): void {
    const end = this.#html.indexOf(character, this.#at);
    this.#at = end < 0 ? this.#html.length : end + 1;
  }

  #comment(start: number): void {
    const html = this.#html;
    if (html.charCodeAt(start) === GREATER) this.#at = start + 1;
    else if (html.startsWith("->", start)) this.#at = start + 2;
    else {
      if (this.#commentEnd < start) {
        const found = html.indexOf("-->", start);
        this.#commentEnd = found < 0 ? html.length : found;
      }
      const bang = html.slice(start, this.#commentEnd).indexOf("--!>");
      this.#at = bang < 0 ? this.#commentEnd + 3 : start + bang + 4;
    }
  }

  #closeTag(): void {
    const tag = this.#name();
    // It may have attributes, which say nothing.
    if (this.#html.charCodeAt(this.#at) === GREATER) this.#at++;
    else if (!this.#attributes()) return;
    this.#handler.close(tag);
  }

  #openTag(): void {
    const html = this.#html;
    const tag = this.#name();
    this.#attributesStart = this.#at;
    const attributes = this.#attributes();
    if (!attributes) return; // an unfinished tag is none
    const kind = this.#handler.open(tag, attributes, this.#isSelfClosing, this.#written);
    if (kind === "plaintext") {
      if (this.#at < html.length) this.#handler.text(html.slice(this.#at));
      this.#at = html.length;
    } else if (kind) this.#rawText(tag, kind === "decoded");
  }

  /** The attributes up to the end of the tag; undefined where it has none. */
  #attributes(): Attributes | undefined {
    const html = this.#html;
    let attributes: TagAttributes | undefined;
    for (;;) {
      let code = html.charCodeAt(this.#at);
      while (isSpace(code) || (code === SLASH && html.charCodeAt(this.#at + 1) !== GREATER)) {
        code = html.charCodeAt(++this.#at);
      }
      if (code === GREATER || code === SLASH) {
        this.#isSelfClosing = code === SLASH;
        this.#at += this.#isSelfClosing ? 2 : 1;
        return attributes ?? noAttributes;
      }
      if (this.#at >= html.length) return undefined;
      const start = this.#at;
      this.#skipAttributeName();
      const end = this.#at;
      this.#readValue();
      const name = attributeName(html, start, end);
      if (name === undefined) continue;
      attributes ??= new TagAttributes();
      if (attributes[name] !== undefined) continue; // the first of a name counts
      const value = html.slice(this.#valueStart, this.#valueEnd);
      attributes[name] = value.includes("&") ? decodeHTMLAttribute(value) : value;
    }
  }

  #skipAttributeName(): void {
    const html = this.#html;
    let at = this.#at + 1; // a name may begin with an equals sign
    for (let code = html.charCodeAt(at); at < html.length; code = html.charCodeAt(++at)) {
      if (code === EQUALS || code === GREATER || code === SLASH || isSpace(code)) break;
    }
    this.#at = at;
  }

  /** Finds the value after a name; an empty one where there is none. */
  #readValue(): void {
    const html = this.#html;
    let at = this.#at;
    while (isSpace(html.charCodeAt(at))) at++;
    if (html.charCodeAt(at) !== EQUALS) {
      this.#valueStart = at;
      this.#valueEnd = at;
      return;
    }
    do at++;
    while (isSpace(html.charCodeAt(at)));
    const quote = html.charCodeAt(at);
    if (quote === DOUBLE_QUOTE || quote === SINGLE_QUOTE) {
      const end = html.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", ++at);
      this.#valueStart = at;
      this.#valueEnd = end < 0 ? html.length : end;
      this.#at = this.#valueEnd + 1;
      return;
    }
    this.#valueStart = at;
    for (let code = quote; at < html.length && code !== GREATER && !isSpace(code); ) {
      code = html.charCodeAt(++at);
    }
    this.#valueEnd = at;
    this.#at = at;
  }

  /** The name of a tag that begins at `#at`. */
  #name(): string {
    const html = this.#html;
    const start = this.#at;
    let at = start;
    let hash = 0;
    for (let code = html.charCodeAt(at); at < html.length; code = html.charCodeAt(++at)) {
      if (code === GREATER || code === SLASH || isSpace(code)) break;
      hash = (Math.imul(hash, 31) + (code | 32)) | 0;
    }
    this.#at = at;
    const slot = hash & (tagNames.length - 1);
    const known = tagNames[slot]!;
    if (known.length === at - start && isWritten(html, start, known)) return known;
    const name = internalize(html.slice(start, at).toLowerCase());
    if (name.length < LONG) tagNames[slot] = name;
    return name;
  }

  #rawText(tag: string, isDecoded: boolean): void {
    const html = this.#html;
    const start = this.#at;
    let end = this.#findEndTag(tag, start);
    if (tag === "script" && html.slice(start, end).includes("<!--")) end = scriptEnd(html, start);
    this.#at = end;
    if (end === start) return;
    if (isDecoded) this.#text(start, end);
    else this.#handler.text(html.slice(start, end));
  }

  #findEndTag(tag: string, start: number): number {
    const html = this.#html;
    let end = html.indexOf("</", start);
    while (end >= 0 && !this.#isEndTag(tag, end + 2)) end = html.indexOf("</", end + 2);
    return end < 0 ? html.length : end;
  }

  #isEndTag(tag: string, start: number): boolean {
    const end = start + tag.length;
    const code = this.#html.charCodeAt(end);
    return (
      (code === GREATER || code === SLASH || isSpace(code)) &&
      this.#html.slice(start, end).toLowerCase() === tag
    );
  }
}

/** Where a script ends that has a comment: an end tag in the comment does not count if a start tag stands before it. */
function scriptEnd(html: string, start: number): number {
  const marks = /<!--|-->|<(\/?)script[\t\n\f\r />]/gi;
  marks.lastIndex = start;
  let state: "script" | "comment" | "script in comment" = "script";
  for (let found = marks.exec(html); found; found = marks.exec(html)) {
    if (found[0] === "-->") state = "script";
    else if (found[0] === "<!--") {
      if (state === "script") state = "comment";
      // Its dashes may be those that end a comment.
      marks.lastIndex -= 2;
    } else if (!found[1]) state = state === "comment" ? "script in comment" : state;
    else if (state !== "script in comment") return found.index;
    else state = "comment";
  }
  return html.length;
}

const SLASH = 0x2f;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

/** Whether a `<` before this character begins a tag, a comment or a declaration. */
function beginsMarkup(code: number): boolean {
  return isLetter(code) || code === SLASH || code === 0x21 || code === 0x3f;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13 || code === 12;
}

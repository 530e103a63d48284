import { isEnding, isFurniture } from "./phrases.js";

/** A run of text that stands on its own: a paragraph, a heading, a list item, a table row, preformatted text. */
export class Block {
  readonly kind: "paragraph" | "heading" | "item" | "row" | "pre";
  readonly text: string;
  /** Characters inside links. */
  readonly linkLength: number;
  /** Characters in bold or italics. */
  readonly strongLength: number;
  /** The innermost element that holds all of it. */
  readonly node: number;
  /** Answered when first asked: several passes ask. */
  #isFurniture: boolean | undefined;
  #isEnding: boolean | undefined;

  constructor(kind: Block["kind"], text: string, linkLength: number, strongLength: number, node: number) {
    this.kind = kind;
    this.text = text;
    this.linkLength = linkLength;
    this.strongLength = strongLength;
    this.node = node;
  }

  /** Whether it says what furniture says. */
  get isFurniture(): boolean {
    this.#isFurniture ??= isFurniture(this.text);
    return this.#isFurniture;
  }

  /** Whether it is a heading, or looks like one, and says that the page now speaks of other things. */
  get isEnding(): boolean {
    this.#isEnding ??= this.#looksLikeHeading && isEnding(this.text);
    return this.#isEnding;
  }

  get #looksLikeHeading(): boolean {
    const { length } = this.text;
    return length < 200 && (this.kind === "heading" || length < 40 || this.strongLength > 0.8 * length);
  }
}

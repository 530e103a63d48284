import { landmarkRoles } from "./elements.js";
import { BOILERPLATE_HINTS, type PageNames } from "./names.js";
import type { HtmlNode } from "./tree.js";
import { shareOf, type TextWeights } from "./weights.js";

/** Elements that hint at something else than the article, each a hint of its own. */
const boilerplateTags = places("nav footer aside header form figure figcaption button a");
/** Elements whose number above a block counts. */
const countedTags = places("ul ol table section article main blockquote dl li p");

function places(tags: string): ReadonlyMap<string, number> {
  return new Map(tags.split(" ").map((tag, i) => [tag, i]));
}

function raise(path: Float32Array, at: number, value: number): void {
  if (value > path[at]!) path[at] = value;
}

const NAMES = 0;
const TAGS = NAMES + BOILERPLATE_HINTS;
const ROLE = TAGS + boilerplateTags.size;
/** Which of them says that something is hidden. */
export const HIDDEN = ROLE + 1;
const CONTENT = HIDDEN + 1;
const LEAD = CONTENT + 1;
const BODY = LEAD + 1;
const COUNTS = BODY + 1;
const DEPTH = COUNTS + countedTags.size;
/** Numbers that describe a path. */
export const PATH_FEATURES = DEPTH + 1;

/**
 * What the elements above a block hint at. A hint is in [0, 1]: 1 minus the share of the page's prose that the element holds,
 * so that a name or a role says little where it would take away most of a page.
 */
export class Paths {
  readonly #nodes: readonly HtmlNode[];
  readonly #share: (index: number) => number;
  /** Where the path of an element is among `#paths`, 0 where it is not there yet. */
  readonly #known: Int32Array;
  #count = 1;
  #paths = new Float32Array(64 * PATH_FEATURES);
  readonly #names: PageNames;
  readonly #hidden: Uint8Array;

  constructor(nodes: readonly HtmlNode[], weights: TextWeights, names: PageNames, hidden: Uint8Array) {
    this.#nodes = nodes;
    this.#names = names;
    this.#hidden = hidden;
    this.#share = shareOf(weights);
    this.#known = new Int32Array(nodes.length);
  }

  /** Writes `PATH_FEATURES` numbers about an element and those above it. */
  write(index: number, rows: Float32Array, start: number): void {
    const chain: number[] = [];
    let at = index;
    while (at > 0 && this.#known[at] === 0) {
      chain.push(at);
      at = this.#nodes[at]!.parent;
    }
    let path = this.#known[at]!;
    for (let i = chain.length - 1; i >= 0; i--) path = this.#extend(path, chain[i]!);
    for (let i = 0; i < PATH_FEATURES; i++) rows[start + i] = this.#paths[path + i]!;
  }

  #extend(above: number, index: number): number {
    const start = this.#count++ * PATH_FEATURES;
    this.#known[index] = start;
    if (start + PATH_FEATURES > this.#paths.length) {
      const longer = new Float32Array(2 * this.#paths.length);
      longer.set(this.#paths);
      this.#paths = longer;
    }
    this.#paths.copyWithin(start, above, above + PATH_FEATURES);
    this.#describe(start, index);
    return start;
  }

  #describe(start: number, index: number): void {
    const path = this.#paths;
    const node = this.#nodes[index]!;
    const { tag, attributes } = node;
    const share = this.#share(index);
    const evidence = 1 - share;
    path[start + DEPTH]!++;
    const boilerplate = boilerplateTags.get(tag);
    if (boilerplate !== undefined && (tag !== "a" || attributes["href"] !== undefined))
      raise(path, start + TAGS + boilerplate, evidence);
    const counted = countedTags.get(tag);
    if (counted !== undefined) path[start + COUNTS + counted]!++;
    if (attributes["role"] && landmarkRoles.has(attributes["role"].toLowerCase()))
      raise(path, start + ROLE, evidence);
    if (this.#hidden[index]) raise(path, start + HIDDEN, evidence);
    if (attributes["itemprop"] === "articleBody") path[start + BODY] = 1;
    if (tag !== "body" && tag !== "html") {
      const { hints, isContent, isLead } = this.#names.of(index);
      for (const hint of hints) raise(path, start + NAMES + hint, this.#names.evidence(hint, share));
      if (isContent) raise(path, start + CONTENT, share);
      if (isLead) raise(path, start + LEAD, evidence);
    }
  }
}

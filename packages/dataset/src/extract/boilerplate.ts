import { landmarkRoles } from "./elements.js";
import { findPanels, isHidden, panelName } from "./hidden.js";
import { LARGE, type PageNames, strengthOf } from "./names.js";
import type { HtmlNode } from "./tree.js";

/** Elements that never hold running text of the page. */
const neverContent = new Set(
  "head script style noscript template iframe object embed applet svg canvas video audio picture map area button select datalist dialog frame frameset fieldset input label legend math menuitem nav noindex optgroup option output param progress rp rt source textarea track footer aside menu link meta title".split(
    " ",
  ),
);

/** What reads like prose: characters of it, and their share that may be links. */
const PROSE = 140;
const PROSE_LINKS = 0.25;

/** How much readable text each subtree holds. */
export interface TextWeights {
  /** Characters of text, whitespace collapsed. */
  readonly text: Int32Array;
  /** Of which inside links. */
  readonly link: Int32Array;
  /** Of which in paragraphs and outside links. */
  readonly prose: Int32Array;
  /** Commas, of several scripts. */
  readonly commas: Int32Array;
}

/** Of every text node: characters, runs of whitespace counted once and none at the ends, and commas of several scripts. */
export interface TextMeasures {
  readonly characters: Int32Array;
  readonly commas: Int32Array;
}

export function measureTexts(nodes: readonly HtmlNode[]): TextMeasures {
  const characters = new Int32Array(nodes.length);
  const commas = new Int32Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const { tag, text, end } = nodes[i]!;
    if (tag !== "#text") {
      if (neverText.has(tag)) i = end - 1;
      continue;
    }
    let length = 0;
    let isAfterSpace = true;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const isSpace = code <= 32 || code === 160;
      if (!isSpace) {
        length += isAfterSpace && length > 0 ? 2 : 1;
        if (code === 44 || code === 0x3001 || code === 0xff0c || code === 0x60c) commas[i]!++;
      }
      isAfterSpace = isSpace;
    }
    characters[i] = length;
  }
  return { characters, commas };
}

/** Sums text, link text and prose bottom-up; nodes marked in `dropped` count for nothing. */
export function weigh(nodes: readonly HtmlNode[], measures: TextMeasures, dropped?: Uint8Array): TextWeights {
  const text = new Int32Array(nodes.length);
  const link = new Int32Array(nodes.length);
  const prose = new Int32Array(nodes.length);
  const commas = new Int32Array(nodes.length);
  const inLink = new Uint8Array(nodes.length);
  const inProse = new Uint8Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const { tag, parent, end, attributes } = nodes[i]!;
    if (tag === "#text") {
      if (dropped?.[i]) continue;
      const length = measures.characters[i]!;
      text[i] = length;
      commas[i] = measures.commas[i]!;
      if (inLink[parent]) link[i] = length;
      else if (inProse[parent] || length > 80) prose[i] = length;
    } else if (dropped?.[i] || neverText.has(tag)) {
      i = end - 1;
    } else {
      inLink[i] = inLink[parent]! | (tag === "a" && attributes["href"] !== undefined ? 1 : 0);
      inProse[i] = inProse[parent]! | (tag === "p" || tag === "pre" || tag === "blockquote" ? 1 : 0);
    }
  }
  for (let i = nodes.length - 1; i > 0; i--) {
    if (text[i] === 0) continue;
    const { parent } = nodes[i]!;
    text[parent]! += text[i]!;
    link[parent]! += link[i]!;
    prose[parent]! += prose[i]!;
    commas[parent]! += commas[i]!;
  }
  return { text, link, prose, commas };
}

const neverText = new Set(
  "title script style noscript noembed noframes template head textarea select svg iframe".split(" "),
);

/**
 * Marks the subtrees that are navigation, advertising, sharing, comments and the like, by element, role,
 * visibility and name. What holds most of the page's prose is never taken for boilerplate by its name alone.
 */
export function markBoilerplate(
  nodes: readonly HtmlNode[],
  weights: TextWeights,
  names: PageNames,
  favor: "precision" | "balanced",
): Uint8Array {
  const dropped = new Uint8Array(nodes.length);
  const share = shareOf(weights);
  const panels = findPanels(nodes, weights.prose);
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.tag === "#text") continue;
    if (panels.size > 0 && isHidden(node) && panels.has(panelName(node))) continue;
    if (neverText.has(node.tag) || isBoilerplate(nodes, i, weights, names, share(i), favor)) {
      dropped[i] = 1;
      i = node.end - 1;
    }
  }
  return dropped;
}

/** The share of a page's prose that an element holds, or of its text where there is hardly any prose. */
export function shareOf({ prose, text }: TextWeights): (index: number) => number {
  const measure = prose[0]! > 200 ? prose : text;
  const total = Math.max(1, measure[0]!);
  return (index) => measure[index]! / total;
}

function isBoilerplate(
  nodes: readonly HtmlNode[],
  index: number,
  weights: TextWeights,
  names: PageNames,
  share: number,
  favor: "precision" | "balanced",
): boolean {
  const { tag, attributes } = nodes[index]!;
  if (neverContent.has(tag)) return share <= 0.7;
  const isLarge = share > LARGE;
  if (tag === "form") return !isLarge;
  if (tag === "body" || tag === "html" || tag === "article" || tag === "main") return false;
  const { role } = attributes;
  if (!isLarge && role && landmarkRoles.has(role.toLowerCase())) return true;
  if (!isLarge && isHidden(nodes[index]!)) return true;
  if (!isLarge && favor === "precision" && tag === "header") return true;
  if (attributes["itemprop"] === "articleBody") return false;
  const { hints, isContent, isLead } = names.of(nodes[index]!);
  if (isContent || hints.length === 0) return false;
  let isSure = false;
  let isLikely = false;
  for (const hint of hints) {
    if (names.evidence(hint, share) < 1 - LARGE) continue;
    const strength = strengthOf(hint);
    if (strength === "strong" || (strength === "precise" && favor === "precision")) isSure = true;
    else if (strength === "weak") isLikely = true;
  }
  return isSure && !isLead ? true : (isSure || isLikely) && !isProse(nodes, index, weights);
}

/** Whether an element holds prose, code or a heading rather than a few words or links. */
function isProse(nodes: readonly HtmlNode[], index: number, weights: TextWeights): boolean {
  if (weights.prose[index]! > PROSE && linkDensity(weights, index) < PROSE_LINKS) return true;
  for (let i = index + 1; i < Math.min(nodes[index]!.end, index + 20); i++) {
    const { tag } = nodes[i]!;
    if (tag === "pre" || (/^h[1-6]$/.test(tag) && weights.link[index] === 0)) return true;
  }
  return false;
}

/** Share of the text of a subtree that is inside links, in [0, 1]. */
export function linkDensity({ text, link }: TextWeights, index: number): number {
  return text[index] === 0 ? 0 : link[index]! / text[index]!;
}

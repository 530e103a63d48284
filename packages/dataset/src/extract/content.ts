import { isInline } from "./elements.js";
import { nameOf } from "./names.js";
import type { HtmlNode } from "./tree.js";
import { linkDensity, type TextWeights } from "./weights.js";

const bodyName =
  /(?:^|[^a-z])(?:(?:article|story|post|entry|blog|news)-?-?(?:body|content|text|copy|entry)|body-(?:text|copy|content)|articlebody|entry-content|post-content|fulltext|wpb-text-column)(?![a-z])/;
const goodName = /(?:^|[^a-z])(?:article|body|content|entry|hentry|main|page|post|text|blog|story)(?![a-z])/;
const badName =
  /(?:^|[^a-z])(?:com|combx|comment|contact|foot|footer|masthead|media|meta|promo|related|scroll|shoutbox|sidebar|sponsor|shopping|tags|tool|widget|list|teaser)(?![a-z])/;

/**
 * The subtrees that hold the main content, in document order: the element whose paragraphs, weighted by
 * length, commas and absence of links, score best, and those of its siblings that read alike.
 */
export function selectContent(
  nodes: readonly HtmlNode[],
  dropped: Uint8Array,
  weights: TextWeights,
): number[] {
  const scores = scoreParagraphs(nodes, dropped, weights);
  const byName = new Map<string, number>();
  let best = 0;
  let bestScore = 0;
  for (let i = 1; i < nodes.length; i++) {
    if (scores[i] === 0) continue;
    const density = linkDensity(weights, i);
    scores[i] = scores[i]! * (1 - density) + (scores[i]! > 0 ? makeScore(nodes[i]!, byName) : 0);
    if (scores[i]! > bestScore) {
      best = i;
      bestScore = scores[i]!;
    }
  }
  if (best === 0) return [0];
  return withSiblings(nodes, dropped, weights, scores, widen(nodes, weights, best));
}

/** Climbs while an ancestor adds much prose and little else: articles are often cut into parts. */
function widen(nodes: readonly HtmlNode[], weights: TextWeights, best: number): number {
  const { text, link, prose } = weights;
  let chosen = best;
  for (let i = nodes[best]!.parent; i > 0; i = nodes[i]!.parent) {
    const { tag } = nodes[i]!;
    if (tag === "body" || tag === "html" || nodes[chosen]!.tag === "article") break;
    const addedProse = prose[i]! - prose[chosen]!;
    const addedText = text[i]! - text[chosen]!;
    const addedLink = link[i]! - link[chosen]!;
    if (addedProse > 0.3 * prose[chosen]! && addedProse > 0.6 * addedText && addedLink < 0.12 * addedText)
      chosen = i;
  }
  return withAlike(nodes, weights, chosen);
}

/** Climbs to what holds other elements of the same make and with as much prose, together most of the page's: its posts or parts. */
function withAlike(nodes: readonly HtmlNode[], { text, link, prose }: TextWeights, chosen: number): number {
  let child = chosen;
  for (let level = 0; level < ALIKE_LEVELS; level++) {
    const { parent } = nodes[child]!;
    if (parent <= 0) break;
    let others = 0;
    let count = 0;
    for (let i = parent + 1; i < nodes[parent]!.end; i = nodes[i]!.end) {
      if (i === child || !isAlike(nodes, i, child)) continue;
      if (prose[i]! < 60 || prose[i]! < 0.1 * prose[chosen]! || link[i]! > 0.3 * text[i]!) continue;
      others += prose[i]!;
      count++;
    }
    if (count > 0 && others + prose[child]! > 0.5 * prose[0]! && others > 0.3 * prose[child]!) return parent;
    child = parent;
  }
  return chosen;
}

const ALIKE_LEVELS = 5;

function isAlike(nodes: readonly HtmlNode[], a: number, b: number): boolean {
  const [one, other] = [nodes[a]!, nodes[b]!];
  if (one.tag !== other.tag || one.tag === "#text" || one.tag === "p") return false;
  const names = (node: HtmlNode) => (node.attributes["class"] ?? "").replace(/\d+/g, "").split(/\s+/)[0];
  return names(one) === names(other);
}

function scoreParagraphs(
  nodes: readonly HtmlNode[],
  dropped: Uint8Array,
  weights: TextWeights,
): Float64Array {
  const scores = new Float64Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (dropped[i]) {
      i = node.end - 1;
      continue;
    }
    const length = paragraphLength(nodes, weights, i);
    if (length < 25) continue;
    const points = 1 + Math.min(length / 100, 3) + Math.min(weights.commas[i]!, 10);
    let ancestor = node.tag === "#text" ? nodes[node.parent]!.parent : node.parent;
    for (let level = 0; level < 6 && ancestor > 0; level++) {
      scores[ancestor]! += level === 0 ? points : level === 1 ? points / 2 : points / (level * 3);
      ancestor = nodes[ancestor]!.parent;
    }
  }
  return scores;
}

/** Characters outside links of a paragraph, or of a bare text among blocks; 0 for any other node. */
function paragraphLength(nodes: readonly HtmlNode[], weights: TextWeights, index: number): number {
  const { tag, parent } = nodes[index]!;
  const isParagraph =
    tag === "p" ||
    tag === "pre" ||
    (tag === "#text" && !isInline(nodes[parent]!) && nodes[parent]!.tag !== "p");
  return isParagraph ? weights.text[index]! - weights.link[index]! : 0;
}

/** What the make of an element speaks for. */
function makeScore(node: HtmlNode, byName: Map<string, number>): number {
  let score = node.tag === "article" || node.tag === "main" ? 25 : node.tag === "div" ? 5 : 0;
  if (node.attributes["itemprop"] === "articleBody") score += 60;
  const { class: classes = "", id = "" } = node.attributes;
  if (classes === "" && id === "") return score;
  const written = id === "" ? classes : `${classes} ${id}`;
  let named = byName.get(written);
  if (named === undefined) {
    named = nameScore(nameOf(classes, id));
    byName.set(written, named);
  }
  return score + named;
}

function nameScore(name: string): number {
  let score = 0;
  if (bodyName.test(name)) score += 40;
  else if (goodName.test(name)) score += 15;
  if (badName.test(name)) score -= 25;
  return score;
}

function withSiblings(
  nodes: readonly HtmlNode[],
  dropped: Uint8Array,
  weights: TextWeights,
  scores: Float64Array,
  best: number,
): number[] {
  const parent = nodes[best]!.parent;
  const threshold = Math.max(10, 0.2 * scores[best]!);
  const chosen: number[] = [];
  for (let i = parent + 1; i < nodes[parent]!.end; i = nodes[i]!.end) {
    if (dropped[i]) continue;
    const { tag } = nodes[i]!;
    const length = weights.text[i]!;
    const isProse = tag === "p" && length > 80 && linkDensity(weights, i) < 0.25;
    if (i === best || scores[i]! >= threshold || isProse) chosen.push(i);
  }
  return chosen;
}

import { isNeverContent, isUnread, landmarkRoles } from "./elements.js";
import { findPanels, panelName } from "./hidden.js";
import { LARGE, type PageNames, strengthOf } from "./names.js";
import type { HtmlNode } from "./tree.js";
import { linkDensity, shareOf, type TextWeights } from "./weights.js";

/** What reads like prose: characters of it, and their share that may be links. */
const PROSE = 140;
const PROSE_LINKS = 0.25;
/** Characters of what is named as a standfirst. */
const LEAD = 50;

/**
 * Marks the subtrees that are navigation, advertising, sharing, comments and the like, by element, role,
 * visibility and name. What holds most of the page's prose is never taken for boilerplate by its name alone.
 */
export function markBoilerplate(
  nodes: readonly HtmlNode[],
  weights: TextWeights,
  names: PageNames,
  hidden: Uint8Array,
  favor: "precision" | "balanced",
): Uint8Array {
  const dropped = new Uint8Array(nodes.length);
  const share = shareOf(weights);
  const panels = findPanels(nodes, hidden, weights.prose);
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.tag === "#text") continue;
    if (panels.size > 0 && hidden[i] && panels.has(panelName(node))) continue;
    if (isUnread(node) || isBoilerplate(nodes, i, weights, names, hidden, share(i), favor)) {
      dropped[i] = 1;
      i = node.end - 1;
    }
  }
  return dropped;
}

function isBoilerplate(
  nodes: readonly HtmlNode[],
  index: number,
  weights: TextWeights,
  names: PageNames,
  hidden: Uint8Array,
  share: number,
  favor: "precision" | "balanced",
): boolean {
  const node = nodes[index]!;
  const { tag, attributes } = node;
  if (isNeverContent(node)) return share <= 0.7;
  const isLarge = share > LARGE;
  if (tag === "form") return !isLarge;
  if (tag === "body" || tag === "html" || tag === "article" || tag === "main") return false;
  const { role } = attributes;
  if (!isLarge && role && landmarkRoles.has(role.toLowerCase())) return true;
  if (!isLarge && hidden[index]) return true;
  if (!isLarge && favor === "precision" && tag === "header") return true;
  if (attributes["itemprop"] === "articleBody") return false;
  const { hints, isContent, isLead } = names.of(index);
  if (isContent || hints.length === 0) return false;
  let isSure = false;
  let isLikely = false;
  for (const hint of hints) {
    if (names.evidence(hint, share) < 1 - LARGE) continue;
    const strength = strengthOf(hint);
    if (strength === "strong" || (strength === "precise" && favor === "precision")) isSure = true;
    else if (strength === "weak") isLikely = true;
  }
  if (isLead && weights.text[index]! > LEAD && linkDensity(weights, index) < PROSE_LINKS) return false;
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

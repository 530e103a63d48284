import { landmarkRoles } from "./elements.js";
import { findPanels, isHidden, panelName } from "./hidden.js";
import { nameOf } from "./names.js";
import type { HtmlNode } from "./tree.js";

/** Elements that never hold running text of the page. */
const neverContent = new Set(
  "head script style noscript template iframe object embed applet svg canvas video audio picture map area button select datalist dialog frame frameset fieldset input label legend math menuitem nav noindex optgroup option output param progress rp rt source textarea track footer aside menu link meta title".split(
    " ",
  ),
);

/** Words of class and id names that say: not the article. Matched between non-letters, after splitting camelCase. */
const ruleNames = named(
  "nav navigation navbar subnav navbox menu breadcrumb breadcrumbs crumb crumbs pagination pager paging",
  "footer sidebar aside rail banner masthead topbar",
  "share sharing sharebar shares social sociable addthis addtoany viral follow followus",
  "ad ads adv advert adverts advertisement advertising advertorial adsense dfp outbrain taboola criteo promo promos promotion sponsor sponsored sponsors partner partners",
  "newsletter newsletters signup subscribe subscription subscriptions syndication cookie cookies consent gdpr",
  "taglist tagcloud categories category-list",
  "author authors byline bylines bio contributor contributors timestamp dateline",
  "related recirc recirculation recommended recommendations recommend readmore morefrom trending popular teaser teasers",
  "comment comments disqus respond replies reply discussion",
  "popup modal overlay tooltip lightbox login signin register registration",
  "postmeta rating ratings caption captions credit credits copyright disclaimer",
  "skip noprint screen-reader-text sr-only visually-hidden visuallyhidden",
  "carousel slideshow slider thumbnail thumbnails",
  "searchform toc infobox hatnote reflist mw-editsection",
  "most-read most-popular more-on more-from more-stories read-next up-next next-up also-like see-also you-may",
);
/** Words that page builders put into compound names of anything: they say so of what does not read like prose. */
const weakNames = named(
  "widget widgets toolbar tags tag date time meta metadata hidden hide invisible print gallery button buttons btn search reference",
);
/** What reads like prose: characters of it, and their share that may be links. */
const PROSE = 140;
const PROSE_LINKS = 0.25;

/** Words that say so only for `favor: "precision"`. */
const preciseNames = named(
  "bottom link links teaser header figure embed embedded pullquote pull-quote factbox readmore box info",
);
/** Names that hold the article although one of the words above occurs in them. */
const ruleContentNames =
  /(?:^|[^a-z])(?:(?:article|story|post|entry|main|page|blog|news|content|single|text)-?(?:body|content|text|main|copy|wrapper|container|inner)|body-?(?:text|copy|content)|has-sidebar|with-sidebar|elementor-widget-(?:theme-post-content|text-editor)|wpb-text-column|commentary|hentry)(?![a-z])/;

function named(...lists: string[]): RegExp {
  return new RegExp(`(?:^|[^a-z])(?:${lists.join(" ").split(" ").join("|")})(?![a-z])`);
}

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
  favor: "precision" | "balanced",
): Uint8Array {
  const { prose, text } = weights;
  const dropped = new Uint8Array(nodes.length);
  const verdicts = new Map<string, NameVerdict>();
  const panels = findPanels(nodes, prose);
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.tag === "#text") continue;
    const share = prose[0]! > 200 ? prose[i]! / prose[0]! : text[i]! / text[0]!;
    const isLarge = share > (neverContent.has(node.tag) ? 0.7 : 0.4);
    if (panels.size > 0 && isHidden(node) && panels.has(panelName(node))) continue;
    if (
      neverText.has(node.tag) ||
      (!isLarge && isBoilerplate(node, favor, verdicts, () => isProse(nodes, i, weights)))
    ) {
      dropped[i] = 1;
      i = node.end - 1;
    }
  }
  return dropped;
}

function isBoilerplate(
  node: HtmlNode,
  favor: "precision" | "balanced",
  verdicts: Map<string, NameVerdict>,
  readsLikeProse: () => boolean,
): boolean {
  const { tag, attributes } = node;
  if (neverContent.has(tag) || tag === "form") return true;
  if (attributes === undefined || tag === "body" || tag === "html" || tag === "article" || tag === "main")
    return false;
  const { role } = attributes;
  if (role && landmarkRoles.has(role.toLowerCase())) return true;
  if (isHidden(node)) return true;
  if (favor === "precision" && tag === "header") return true;
  if (attributes["itemprop"] === "articleBody") return false;
  if (!attributes["class"] && !attributes["id"]) return false;
  const key = `${attributes["class"]}\n${attributes["id"]}`;
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    const name = nameOf(node);
    const isContent = ruleContentNames.test(name);
    if (isContent) verdict = "none";
    else if (ruleNames.test(name) || (favor === "precision" && preciseNames.test(name))) verdict = "strong";
    else verdict = weakNames.test(name) ? "weak" : "none";
    verdicts.set(key, verdict);
  }
  return verdict === "strong" || (verdict === "weak" && !readsLikeProse());
}

type NameVerdict = "strong" | "weak" | "none";

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

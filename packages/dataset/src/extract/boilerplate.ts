import type { HtmlNode } from "./tree.js";

/** Elements that never hold running text of the page. */
const neverContent = new Set(
  "head script style noscript template iframe object embed applet svg canvas video audio picture map area button select datalist dialog frame frameset fieldset input label legend math menuitem nav noindex optgroup option output param progress rp rt source textarea track footer aside menu link meta title".split(
    " ",
  ),
);

/** Words of class and id names that say: not the article. Matched between non-letters, after splitting camelCase. */
const boilerplateNames = named(
  "nav navigation navbar subnav navbox menu breadcrumb breadcrumbs crumb crumbs pagination pager paging",
  "footer sidebar aside rail banner masthead topbar toolbar",
  "share sharing sharebar shares social sociable addthis addtoany viral follow followus",
  "ad ads adv advert adverts advertisement advertising advertorial adsense dfp outbrain taboola criteo promo promos promotion sponsor sponsored sponsors partner partners",
  "newsletter newsletters signup subscribe subscription subscriptions syndication cookie cookies consent gdpr",
  "tags taglist tagcloud tag categories category-list",
  "author authors byline bylines bio contributor contributors timestamp dateline date time",
  "related recirc recirculation recommended recommendations recommend readmore morefrom trending popular teaser teasers",
  "comment comments disqus respond replies reply discussion",
  "widget widgets popup modal overlay tooltip lightbox login signin register registration",
  "meta metadata postmeta rating ratings caption captions credit credits copyright disclaimer",
  "skip hidden hide invisible noprint print screen-reader-text sr-only visually-hidden visuallyhidden",
  "gallery carousel slideshow slider thumbnail thumbnails",
  "button buttons btn search searchform toc infobox hatnote reflist mw-editsection reference",
  "most-read most-popular more-on more-from more-stories read-next up-next next-up also-like see-also you-may",
);
/** Words that say so only for `favor: "precision"`. */
const preciseNames = named(
  "bottom link links teaser header figure embed embedded pullquote pull-quote factbox readmore box info",
);
/** Names that hold the article although one of the words above occurs in them. */
const contentNames =
  /(?:^|[^a-z])(?:(?:article|story|post|entry|main|page|blog|news|content|single|text)-?(?:body|content|text|main|copy|wrapper|container|inner)|body-?(?:text|copy|content)|has-sidebar|with-sidebar|elementor-widget-(?:theme-post-content|text-editor)|wpb-text-column|commentary|hentry)(?![a-z])/;

const landmarkRoles = new Set(
  "navigation complementary contentinfo banner dialog alertdialog alert search menu menubar toolbar tablist form note tooltip button".split(
    " ",
  ),
);

function named(...lists: string[]): RegExp {
  return new RegExp(`(?:^|[^a-z])(?:${lists.join(" ").split(" ").join("|")})(?![a-z])`);
}

/** Class and id of an element in one lower-case line, with camelCase and snake_case as words. */
export function nameOf(node: HtmlNode): string {
  const { class: classes, id } = node.attributes;
  if (!classes && !id) return "";
  return `${classes ?? ""} ${id ?? ""}`
    .slice(0, 400)
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
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
  { prose, text }: TextWeights,
  favor: "precision" | "balanced",
): Uint8Array {
  const dropped = new Uint8Array(nodes.length);
  const verdicts = new Map<string, boolean>();
  const panels = findPanels(nodes, prose);
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.tag === "#text") continue;
    const share = prose[0]! > 200 ? prose[i]! / prose[0]! : text[i]! / text[0]!;
    const isLarge = share > (neverContent.has(node.tag) ? 0.7 : 0.4);
    if (panels.size > 0 && isHidden(node) && panels.has(panelName(node))) continue;
    if (neverText.has(node.tag) || (!isLarge && isBoilerplate(node, favor, verdicts))) {
      dropped[i] = 1;
      i = node.end - 1;
    }
  }
  return dropped;
}

/** Marks only what holds no text for readers. */
export function markUnreadable(nodes: readonly HtmlNode[]): Uint8Array {
  const dropped = new Uint8Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    if (!neverText.has(nodes[i]!.tag)) continue;
    dropped[i] = 1;
    i = nodes[i]!.end - 1;
  }
  return dropped;
}

/** What hidden parts are called that are several and together hold much of a page's prose, as the answers that its questions open. */
function findPanels(nodes: readonly HtmlNode[], prose: Int32Array): ReadonlySet<string> {
  const panels = new Map<string, Map<string, number>>();
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.tag === "#text" || !isHidden(node)) continue;
    const name = panelName(node);
    // What is there twice, for another screen, counts once.
    if (prose[i]! > 40) panels.set(name, (panels.get(name) ?? new Map()).set(beginning(nodes, i), prose[i]!));
    i = node.end - 1;
  }
  const isMuch = (all: ReadonlyMap<string, number>) =>
    all.size > 1 && [...all.values()].reduce((sum, length) => sum + length, 0) > 0.4 * prose[0]!;
  return new Set([...panels].filter(([, all]) => isMuch(all)).map(([name]) => name));
}

function beginning(nodes: readonly HtmlNode[], index: number): string {
  let text = "";
  for (let i = index + 1; i < nodes[index]!.end && text.length < 200; i++) text += nodes[i]!.text;
  return text;
}

function panelName({ tag, attributes }: HtmlNode): string {
  return `${tag} ${attributes["class"] ?? ""}`;
}

function isHidden({ attributes }: HtmlNode): boolean {
  const { hidden, style } = attributes;
  // What is hidden until it is found is there for those who search.
  if (hidden !== undefined && hidden.toLowerCase() !== "until-found") return true;
  if (attributes["aria-hidden"] === "true") return true;
  return style !== undefined && /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style);
}

function isBoilerplate(
  node: HtmlNode,
  favor: "precision" | "balanced",
  verdicts: Map<string, boolean>,
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
    verdict =
      (boilerplateNames.test(name) || (favor === "precision" && preciseNames.test(name))) &&
      !contentNames.test(name);
    verdicts.set(key, verdict);
  }
  return verdict;
}

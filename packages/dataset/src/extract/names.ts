import type { HtmlNode } from "./tree.js";

/** Words of class and id names that hint at something else than the article, by what it is. */
const boilerplateNames = [
  "nav navigation navbar subnav navbox menu breadcrumb breadcrumbs crumb crumbs pagination pager paging",
  "footer sidebar aside rail banner masthead topbar toolbar",
  "share sharing sharebar shares social sociable addthis addtoany viral follow followus",
  "ad ads adv advert adverts advertisement advertising advertorial adsense dfp outbrain taboola criteo promo promos promotion sponsor sponsored sponsors partner partners",
  "newsletter newsletters signup subscribe subscription subscriptions syndication cookie cookies consent gdpr",
  "tags taglist tagcloud tag categories category-list",
  "author authors byline bylines bio contributor contributors timestamp dateline date time",
  "related recirc recirculation recommended recommendations recommend readmore morefrom trending popular teaser teasers most-read most-popular more-on more-from more-stories read-next up-next next-up also-like see-also you-may",
  "comment comments disqus respond replies reply discussion",
  "widget widgets popup modal overlay tooltip lightbox login signin register registration",
  "meta metadata postmeta rating ratings credit credits copyright disclaimer",
  "skip hidden hide invisible noprint print screen-reader sr-only visually-hidden visuallyhidden",
  "caption captions gallery carousel slideshow slider thumbnail thumbnails",
  "button buttons btn search searchform toc infobox hatnote reflist mw-editsection reference",
  "bottom link links header figure embed embedded pullquote pull-quote factbox box info",
];
/** Which of the lists above a word, or two joined by a hyphen, is in. */
const hintOf = new Map(
  boilerplateNames.flatMap((list, hint) => list.split(" ").map((word) => [word, hint] as const)),
);
export const BOILERPLATE_HINTS = boilerplateNames.length;

/** The lists of boilerplate words that a name has words of. */
export function boilerplateHints(name: string): number[] {
  const hints: number[] = [];
  let before = "";
  for (const word of name.split(/[^a-z]+/)) {
    for (const hint of [hintOf.get(word), hintOf.get(`${before}-${word}`)]) {
      if (hint !== undefined && !hints.includes(hint)) hints.push(hint);
    }
    before = word;
  }
  return hints;
}

/** Names of what holds the article. */
export const contentNames =
  /(?:^|[^a-z])(?:(?:article|story|post|entry|main|page|blog|news|content|single|text)-?(?:body|content|text|main|copy|wrapper|container|inner)|body-?(?:text|copy|content)|articlebody|fulltext|has-sidebar|with-sidebar|elementor-widget-(?:theme-post-content|text-editor)|wpb-text-column|commentary|hentry|prose|rich-?text)(?![a-z])/;

/** Names of a standfirst. */
export const leadNames =
  /(?:^|[^a-z])(?:lead|lede|standfirst|intro|introduction|teaser-text|subtitle|sub-title|subhead|subheadline|subheading|deck|dek|summary|abstract|excerpt|kicker|vorspann|chapeau|chapo|entradilla|sommario|ingress)(?![a-z])/;

/** Class and id of an element in one lower-case line, with camelCase and snake_case as words. */
export function nameOf({ attributes: { class: classes, id } }: HtmlNode): string {
  if (!classes && !id) return "";
  return `${classes ?? ""} ${id ?? ""}`
    .slice(0, 400)
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

import type { HtmlNode } from "./tree.js";
import { shareOf, type TextWeights } from "./weights.js";

/** How much a word of a name says: it alone, it of what does not read like prose, or it for `favor: "precision"` only. */
export type Strength = "strong" | "weak" | "precise";

/** Words of class and id names that hint at something else than the article, by what it is; two may be joined by a hyphen. */
const boilerplateNames: readonly (readonly [Strength, string])[] = [
  [
    "strong",
    "comment comments commentlist disqus respond replies reply discussion kommentar kommentare commentaire commentaires comentarios commenti reacties",
  ],
  [
    "strong",
    "nav navigation navbar subnav navbox menu breadcrumb breadcrumbs crumb crumbs pagination pager paging",
  ],
  ["strong", "footer sidebar aside rail banner masthead topbar"],
  ["strong", "share sharing sharebar shares social sociable addthis addtoany viral follow followus"],
  [
    "strong",
    "ad ads adv advert adverts advertisement advertising advertorial adsense dfp outbrain taboola criteo promo promos promotion sponsor sponsored sponsors partner partners",
  ],
  [
    "strong",
    "newsletter newsletters signup subscribe subscription subscriptions syndication cookie cookies consent gdpr",
  ],
  ["strong", "taglist tagcloud categories category-list"],
  ["strong", "author authors byline bylines bio contributor contributors timestamp dateline"],
  [
    "strong",
    "related recirc recirculation recommended recommendations recommend readmore morefrom trending popular teaser teasers most-read most-popular more-on more-from more-stories read-next up-next next-up also-like see-also you-may",
  ],
  ["strong", "popup modal overlay tooltip lightbox login signin register registration"],
  ["strong", "postmeta rating ratings credit credits copyright disclaimer"],
  ["strong", "skip noprint screen-reader sr-only visually-hidden visuallyhidden"],
  ["strong", "caption captions carousel slideshow slider thumbnail thumbnails"],
  ["strong", "searchform toc infobox hatnote reflist mw-editsection"],
  ["weak", "widget widgets toolbar"],
  ["weak", "tags tag date time meta metadata"],
  ["weak", "hidden hide invisible print gallery button buttons btn search reference"],
  ["precise", "bottom link links header figure embed embedded pullquote pull-quote factbox box info"],
];
/** Which of the lists above a word, or two joined by a hyphen, is in. */
const hintOf = new Map(
  boilerplateNames.flatMap(([, list], hint) => list.split(" ").map((word) => [word, hint] as const)),
);
/** First words of two that are in a list together. */
const firstWords = new Set([...hintOf.keys()].flatMap((name) => name.split("-").slice(0, -1)));
export const BOILERPLATE_HINTS = boilerplateNames.length;
/** The list of names of what readers wrote. */
const COMMENTS = 0;

/** Names of what holds the article. */
const contentNames =
  /(?:^|[^a-z])(?:(?:article|story|post|entry|main|page|blog|news|content|single|text)-?(?:body|content|text|main|copy|wrapper|container|inner)|body-?(?:text|copy|content)|articlebody|fulltext|has-sidebar|with-sidebar|elementor-widget-(?:theme-post-content|text-editor)|wpb-text-column|commentary|hentry|prose|rich-?text)(?![a-z])/;

/** Names of a standfirst. */
const leadNames =
  /(?:^|[^a-z])(?:lead|lede|standfirst|intro|introduction|teaser-text|subtitle|sub-title|subhead|subheadline|subheading|deck|dek|summary|abstract|excerpt|kicker|vorspann|chapeau|chapo|entradilla|sommario|ingress)(?![a-z])/;

/** What class and id of an element say. */
export interface NameMeaning {
  /** The lists of boilerplate words that it has words of. */
  readonly hints: readonly number[];
  readonly isContent: boolean;
  readonly isLead: boolean;
}

const nothing: NameMeaning = { hints: [], isContent: false, isLead: false };

/** What the names on a page say, and how much of its prose each kind of them is on. */
export class PageNames {
  /** By element. */
  readonly #meanings: readonly NameMeaning[];
  /** By list: the share of the prose in elements that are named so and hold no large part of it each. */
  readonly #prose: number;
  readonly #spread = new Float64Array(BOILERPLATE_HINTS);

  constructor(nodes: readonly HtmlNode[], weights: TextWeights) {
    const share = shareOf(weights);
    this.#prose = weights.prose[0]!;
    this.#meanings = readMeanings(nodes);
    const until = new Int32Array(BOILERPLATE_HINTS);
    for (let i = 1; i < nodes.length; i++) {
      for (const hint of this.of(i).hints) {
        if (i < until[hint]!) continue;
        const part = share(i);
        if (part > LARGE && hint !== COMMENTS) continue;
        until[hint] = nodes[i]!.end;
        this.#spread[hint]! += part;
      }
    }
  }

  /** What the names of the element at an index say. */
  of(index: number): NameMeaning {
    return this.#meanings[index]!;
  }

  /**
   * How much a hint of an element that holds a share of the page's prose is worth, in [0, 1]: little where names of its kind are
   * on most of the page, as a page builder's are on everything. Comments may well be longer than what they are on, if there is
   * something else.
   */
  evidence(hint: number, share: number): number {
    const all = Math.min(1, Math.max(share, this.#spread[hint]!));
    return hint === COMMENTS && (1 - all) * this.#prose > ARTICLE ? 1 : 1 - all;
  }
}

/** Characters of prose that comments may be on. */
const ARTICLE = 400;

/** From this share of the page's prose on, an element is not taken for something else by its name alone. */
export const LARGE = 0.4;

export function strengthOf(hint: number): Strength {
  return boilerplateNames[hint]![0];
}

/** By node; the same names are read once. */
function readMeanings(nodes: readonly HtmlNode[]): NameMeaning[] {
  const byClass = new Map<string, NameMeaning>();
  const byBoth = new Map<string, NameMeaning>();
  return nodes.map(({ attributes: { class: classes, id } }) => {
    if (!classes && !id) return nothing;
    const known = id ? byBoth : byClass;
    const key = id ? `${classes}\n${id}` : classes!;
    let meaning = known.get(key);
    if (!meaning) {
      const name = nameOf(classes, id);
      meaning = {
        hints: boilerplateHints(name),
        isContent: contentNames.test(name),
        isLead: leadNames.test(name),
      };
      known.set(key, meaning);
    }
    return meaning;
  });
}

function boilerplateHints(name: string): number[] {
  const hints: number[] = [];
  let before = "";
  for (const word of name.split(/[^a-z]+/)) {
    const hint = hintOf.get(word);
    if (hint !== undefined && !hints.includes(hint)) hints.push(hint);
    const joint = firstWords.has(before) ? hintOf.get(`${before}-${word}`) : undefined;
    if (joint !== undefined && !hints.includes(joint)) hints.push(joint);
    before = word;
  }
  return hints;
}

/** Class and id of an element in one lower-case line, with camelCase and snake_case as words. */
export function nameOf(classes: string | undefined, id: string | undefined): string {
  const name = `${classes ?? ""} ${id ?? ""}`.slice(0, 400);
  return /[A-Z_]/.test(name) ? separated(name) : name.toLowerCase();
}

function separated(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

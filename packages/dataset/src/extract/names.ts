import { noAttributes } from "./attributes.js";
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
/** Names of what has or lacks a part: the second word says nothing of the whole. */
const ofParts =
  "label-hidden title-hidden overflow-hidden image-hidden icon-hidden add-hidden has-button has-buttons has-gallery has-tags has-date has-meta has-search no-date no-meta no-tags no-gallery no-search";
export const BOILERPLATE_HINTS = boilerplateNames.length;
/** The list of names of what readers wrote. */
const COMMENTS = 0;

/** What a word of a name says. */
interface Word {
  /** The list of boilerplate words that it is in. */
  hint?: number;
  /** The lists that it is in together with the word that follows, by that word. */
  readonly pairs: Map<Word, number>;
  /** The lists of names that begin with it. */
  readonly lists: NameList[];
}

/** All words that say something. */
const words = new Map<string, Word>();
/** Whether one of them has this length, first and last letter: most words of a page have not, and are not looked up. */
const shapes = new Uint8Array(1 << 14);

function shapeOf(length: number, first: number, last: number): number {
  return (Math.min(length, 15) << 10) | ((first & 31) << 5) | (last & 31);
}

function wordOf(text: string): Word {
  let word = words.get(text);
  if (!word) {
    word = { pairs: new Map(), lists: [] };
    words.set(text, word);
    shapes[shapeOf(text.length, text.charCodeAt(0), text.charCodeAt(text.length - 1))] = 1;
  }
  return word;
}

boilerplateNames.forEach(([, list], hint) => {
  for (const name of list.split(" ")) {
    const [first, second] = name.split("-").map(wordOf);
    if (second) first!.pairs.set(second, hint);
    else first!.hint = hint;
  }
});

/** In place of a list's number. */
const NOTHING = -1;
for (const pair of ofParts.split(" ")) {
  const [first, second] = pair.split("-").map(wordOf);
  first!.pairs.set(second!, NOTHING);
}

/** Names that mean the same: words, or several joined by hyphens. */
class NameList {
  readonly #pattern: RegExp;

  constructor(...names: readonly string[]) {
    this.#pattern = new RegExp(`(?:^|[^a-z])(?:${names.join("|")})(?![a-z])`);
    for (const first of new Set(names.map((name) => name.split("-")[0]!))) wordOf(first).lists.push(this);
  }

  isIn(name: string): boolean {
    return this.#pattern.test(name);
  }
}

/** Each of the first words with each of the second, joined by a hyphen and by nothing. */
function joined(first: string, second: string): string[] {
  return first.split(" ").flatMap((a) => second.split(" ").flatMap((b) => [`${a}-${b}`, a + b]));
}

/** Names of what holds the article. */
const contentNames = new NameList(
  ...joined(
    "article story post entry main page blog news content single text",
    "body content text main copy wrapper container inner",
  ),
  ...joined("body", "text copy content"),
  ...joined("rich", "text"),
  ..."fulltext has-sidebar with-sidebar elementor-widget-theme-post-content elementor-widget-text-editor wpb-text-column commentary hentry prose".split(
    " ",
  ),
);

/** Names of a standfirst. */
const leadNames = new NameList(
  ..."lead lede standfirst intro introduction teaser-text subtitle sub-title subhead subheadline subheading deck dek summary abstract excerpt kicker vorspann chapeau chapo entradilla sommario ingress".split(
    " ",
  ),
);

/** Names of what is there but not for eyes. */
const hiddenNames = new NameList(
  ..."sr-only screen-reader visuallyhidden visually-hidden mw-editsection noprint".split(" "),
);
/** How such names are written. */
const writtenHidden = /screen-?reader|sr-only|hidden|editsection|noprint/i;

/** What class and id of an element say. */
export interface NameMeaning {
  /** The lists of boilerplate words that it has words of. */
  readonly hints: readonly number[];
  readonly isContent: boolean;
  readonly isLead: boolean;
  /** Whether the element is there but not for eyes. */
  readonly isHidden: boolean;
}

const nothing: NameMeaning = { hints: [], isContent: false, isLead: false, isHidden: false };

/** What the names on a page say, and how much of its prose each kind of them is on. */
export class PageNames {
  readonly #meanings: readonly NameMeaning[];
  /** By list: the share of the prose in elements that are named so and hold no large part of it each. */
  readonly #prose: number;
  readonly #spread = new Float64Array(BOILERPLATE_HINTS);

  /** @param meanings by node */
  constructor(nodes: readonly HtmlNode[], weights: TextWeights, meanings: readonly NameMeaning[]) {
    const share = shareOf(weights);
    this.#prose = weights.prose[0]!;
    this.#meanings = meanings;
    const until = new Int32Array(BOILERPLATE_HINTS);
    for (let i = 1; i < nodes.length; i++) {
      for (const hint of meanings[i]!.hints) {
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

/** What class and id say, by node; the same names are read once. */
export function readNames(nodes: readonly HtmlNode[]): NameMeaning[] {
  const byClass = new Map<string, NameMeaning>();
  return nodes.map(({ attributes }) => {
    if (attributes === noAttributes) return nothing;
    const { class: classes, id } = attributes;
    if (id) return meaningOf(classes, id); // few pages have an id twice
    if (!classes) return nothing;
    let meaning = byClass.get(classes);
    if (!meaning) {
      meaning = meaningOf(classes, id);
      byClass.set(classes, meaning);
    }
    return meaning;
  });
}

function meaningOf(classes: string | undefined, id: string | undefined): NameMeaning {
  const hints: number[] = [];
  const lists: NameList[] = [];
  let before: Word | undefined;
  for (const word of wordsOf(written(classes, id))) {
    const pair = word && before?.pairs.get(word);
    if (word?.hint !== undefined && pair !== NOTHING && !hints.includes(word.hint)) hints.push(word.hint);
    if (pair !== undefined && pair !== NOTHING && !hints.includes(pair)) hints.push(pair);
    if (word) lists.push(...word.lists);
    before = word;
  }
  if (hints.length === 0 && lists.length === 0) return nothing;
  if (lists.length === 0) return { ...nothing, hints };
  const name = nameOf(classes, id);
  return {
    hints,
    isContent: lists.includes(contentNames) && contentNames.isIn(name),
    isLead: lists.includes(leadNames) && leadNames.isIn(name),
    isHidden: lists.includes(hiddenNames) && hiddenNames.isIn(name) && writtenHidden.test(classes ?? ""),
  };
}

/** The words of names, undefined for those that say nothing; a capital begins a word behind a small letter. */
function wordsOf(names: string): (Word | undefined)[] {
  const found: (Word | undefined)[] = [];
  let start = 0;
  let isMixed = false;
  let last = 0;
  for (let at = 0; at <= names.length; at++) {
    const code = at < names.length ? names.charCodeAt(at) : 0;
    const isCapital = code >= 65 && code <= 90;
    if ((code >= 97 && code <= 122) || (isCapital && last < 97)) {
      isMixed ||= isCapital;
      last = code;
      continue;
    }
    if (at > start) {
      const isKnown = shapes[shapeOf(at - start, names.charCodeAt(start), last)] === 1;
      const text = isKnown ? names.slice(start, at) : "";
      found.push(words.get(isMixed ? text.toLowerCase() : text));
    }
    start = isCapital ? at : at + 1;
    isMixed = isCapital;
    last = isCapital ? code : 0;
  }
  return found;
}

/** Class and id of an element in one line. */
function written(classes = "", id = ""): string {
  return (id === "" ? classes : `${classes} ${id}`).slice(0, 400);
}

/** Class and id of an element in one lower-case line, with camelCase and snake_case as words. */
export function nameOf(classes: string | undefined, id: string | undefined): string {
  const name = written(classes, id);
  return /[A-Z_]/.test(name) ? separated(name) : name.toLowerCase();
}

function separated(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

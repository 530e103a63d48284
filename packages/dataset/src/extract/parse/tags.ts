import type { TextKind } from "../markup.js";

/** What the tree construction of the HTML Standard asks of an element, as bits. */
export const SPECIAL = 1;
/** Ends the search for an element "in scope". */
export const SCOPE = 2;
/** Is opened again in the next block, if it was left open in one. */
export const FORMATTING = 4;
/** Its end tag may be left out. */
export const IMPLIED = 8;
/** What must not hold text or elements of its own: they go before the table. */
export const TABLE_PART = 16;
/** A start tag of it ends an open paragraph. */
export const BLOCK = 32;
export const HEADING = 64;
/** Belongs into the head, wherever it stands. */
export const HEADISH = 256;
/** May be opened, and closed, only where a table expects it. */
export const CELLISH = 512;
/** May be left open at the end of a body. */
export const ROWISH = 1024;

const groups: readonly (readonly [number, string])[] = [
  [
    SPECIAL,
    "address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp",
  ],
  [SCOPE, "applet caption html table td th marquee object template"],
  [FORMATTING, "b big code em font i s small strike strong tt u"],
  [IMPLIED, "dd dt li optgroup option p rb rp rt rtc"],
  [TABLE_PART, "table tbody tfoot thead tr"],
  [
    BLOCK,
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header hgroup main menu nav ol p search section summary ul",
  ],
  [HEADING, "h1 h2 h3 h4 h5 h6"],
  [HEADISH, "base basefont bgsound link meta noframes script style template title"],
  [CELLISH, "caption col colgroup tbody td tfoot th thead tr"],
  [ROWISH, "tbody tfoot thead"],
];

const bits = new Map<string, number>();
for (const [bit, names] of groups) {
  for (const name of names.split(" ")) bits.set(name, (bits.get(name) ?? 0) | bit);
}

/** The bits of an HTML element. */
export function bitsOf(tag: string): number {
  return bits.get(tag) ?? 0;
}

/** Holds HTML again: an integration point of SVG, or of MathML for text and all but two elements. */
export const HTML_POINT = 2048;
export const TEXT_POINT = 4096;

const foreign = new Map([
  ["svg foreignobject", SPECIAL | SCOPE | HTML_POINT],
  ["svg desc", SPECIAL | SCOPE | HTML_POINT],
  ["svg title", SPECIAL | SCOPE | HTML_POINT],
  ...["mi", "mo", "mn", "ms", "mtext"].map((tag) => [`math ${tag}`, SPECIAL | SCOPE | TEXT_POINT] as const),
  ["math annotation-xml", SPECIAL | SCOPE],
]);

/** The bits of an element of SVG or MathML. */
export function foreignBitsOf(space: "svg" | "math", tag: string): number {
  return foreign.get(`${space} ${tag}`) ?? 0;
}

const textKinds = new Map<string, TextKind>([
  ["title", "decoded"],
  ["textarea", "decoded"],
  ["plaintext", "plaintext"],
  ..."script style xmp iframe noembed noframes noscript".split(" ").map((tag) => [tag, "raw"] as const),
]);

/** Of an HTML element that holds text alone; undefined for others. */
export function textKindOf(tag: string): TextKind | undefined {
  return textKinds.get(tag);
}

/** What flows inside a line of text, by the style sheet of browsers; what is replaced by a picture or a control does too. */
const inline = set(
  "#text a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr q rb ruby s samp slot small span strike strong sub sup time tt u var wbr",
  "annotation area audio button canvas datalist embed iframe input link map math meta meter noembed noframes noscript object optgroup option output param picture progress rp rt rtc script select source style svg template textarea track video",
  "maction menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics",
);

/** Elements whose text is none of the page's: code, data, controls, what stands in for something else, readings of ruby. */
const withoutText = set(
  "title script style noscript noembed noframes template head textarea select svg iframe object embed canvas video audio map area datalist input optgroup option param progress rp rt rtc source track link meta frame annotation annotation-xml",
);

/** Elements that a page may stand in as a whole, where their end is missing: then their text is the page's. */
const wrapping = set("object canvas video audio map datalist optgroup option button rp rt rtc");

/** Roles of what stands beside the content of a page. */
export const landmarkRoles = set(
  "navigation complementary contentinfo banner dialog alertdialog alert search menu menubar toolbar tablist form note tooltip button",
);

function set(...lists: string[]): ReadonlySet<string> {
  return new Set(lists.join(" ").split(" "));
}

/** Whether an element flows inside a line of text. */
export function isInline(tag: string): boolean {
  return inline.has(tag);
}

/** Whether an element without an end may hold a page. */
export function mayWrap(tag: string): boolean {
  return wrapping.has(tag);
}

/** Whether nothing inside an element is text to read. */
export function isWithoutText(tag: string): boolean {
  return withoutText.has(tag);
}

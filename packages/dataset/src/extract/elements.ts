/** What reading a page asks of its nodes by their tags, as bits. */
const INLINE = 1;
const WITHOUT_TEXT = 2;
const WRAPPING = 4;
const UNREAD = 8;
const NEVER_CONTENT = 16;

const groups: readonly (readonly [bit: number, tags: string])[] = [
  // Flows inside a line of text, by the style sheet of browsers; what is replaced by a picture or a control does too.
  [
    INLINE,
    "#text a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr q rb ruby s samp slot small span strike strong sub sup time tt u var wbr annotation area audio button canvas datalist embed iframe input link map math meta meter noembed noframes noscript object optgroup option output param picture progress rp rt rtc script select source style svg template textarea track video maction menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics",
  ],
  // Its text is none of the page's: code, data, controls, what stands in for something else, readings of ruby.
  [
    WITHOUT_TEXT,
    "title script style noscript noembed noframes template head textarea select svg iframe object embed canvas video audio map area datalist input optgroup option param progress rp rt rtc source track link meta frame annotation annotation-xml",
  ],
  // A page may stand in it as a whole, where its end is missing: then its text is the page's.
  [WRAPPING, "object canvas video audio map datalist optgroup option button rp rt rtc"],
  // Its text is not measured.
  [UNREAD, "title script style noscript noembed noframes template head textarea select svg iframe"],
  // Never holds running text of the page.
  [
    NEVER_CONTENT,
    "head script style noscript template iframe object embed applet svg canvas video audio picture map area button select datalist dialog frame frameset fieldset input label legend math menuitem nav noindex optgroup option output param progress rp rt source textarea track footer aside menu link meta title",
  ],
];

const traits = new Map<string, number>();
for (const [bit, tags] of groups) for (const tag of tags.split(" ")) traits.set(tag, traitsOf(tag) | bit);

/** What is to be known of a tag, for the questions below: it is looked up once for each node. */
export function traitsOf(tag: string): number {
  return traits.get(tag) ?? 0;
}

/** A node of which they are asked. */
interface Traits {
  readonly traits: number;
}

/** Whether a node flows inside a line of text. */
export function isInline(node: Traits): boolean {
  return (node.traits & INLINE) !== 0;
}

/** Whether an element without an end may hold a page. */
export function mayWrap(node: Traits): boolean {
  return (node.traits & WRAPPING) !== 0;
}

/** Whether nothing inside an element is text to read. */
export function isWithoutText(node: Traits): boolean {
  return (node.traits & WITHOUT_TEXT) !== 0;
}

/** Whether nothing inside an element counts as text. */
export function isUnread(node: Traits): boolean {
  return (node.traits & UNREAD) !== 0;
}

/** Whether an element never holds running text of the page. */
export function isNeverContent(node: Traits): boolean {
  return (node.traits & NEVER_CONTENT) !== 0;
}

/** Roles of what stands beside the content of a page. */
export const landmarkRoles: ReadonlySet<string> = new Set(
  "navigation complementary contentinfo banner dialog alertdialog alert search menu menubar toolbar tablist form note tooltip button".split(
    " ",
  ),
);

import { nameOf } from "./names.js";
import type { HtmlNode } from "./tree.js";

const authorName =
  /(?:^|[^a-z])(?:byline|author|authors|writer|posted-by|post-author)(?:-(?:name|link|names))?(?![a-z-])/;
const dateName =
  /(?:^|[^a-z])(?:date|datetime|dateline|time|timestamp|published|publish|pubdate|posted|created|posted-on)(?![a-z])/;

/** What all such names have in them, as they are written. */
const either = /author|byline|writer|date|time|publish|posted|created/i;

/** Elements so named that are looked at. */
const MAX_CANDIDATES = 200;

/** Who wrote a page and when, as it says to its readers: in the first elements that are named for it. */
export function readByline(nodes: readonly HtmlNode[]): { author?: string; date?: string } {
  let author: string | undefined;
  let date: string | undefined;
  let candidates = 0;
  const known = new Map<string, boolean>();
  const isNamed = (name: string | undefined) => {
    if (!name) return false;
    let isOne = known.get(name);
    if (isOne === undefined) {
      isOne = either.test(name);
      known.set(name, isOne);
    }
    return isOne;
  };
  for (let i = 1; i < nodes.length && candidates < MAX_CANDIDATES && !(author && date); i++) {
    const node = nodes[i]!;
    if (node.tag === "time") {
      date ??= dayIn(shortText(nodes, i));
      candidates++;
    }
    const { class: classes, id } = node.attributes;
    if (!isNamed(classes) && !isNamed(id)) continue;
    candidates++;
    const name = nameOf(classes, id);
    if (name.includes("comment")) continue;
    if (!author && authorName.test(name)) author = personIn(shortText(nodes, i));
    if (!date && dateName.test(name)) date = dayIn(shortText(nodes, i));
  }
  return { ...(author && { author }), ...(date && { date }) };
}

/** Text of an element, `""` if it is longer than a byline. */
function shortText(nodes: readonly HtmlNode[], index: number): string {
  let text = "";
  for (let i = index + 1; i < nodes[index]!.end && text.length < 400; i++) {
    const { tag, end } = nodes[i]!;
    if (tag === "script" || tag === "style") i = end - 1;
    else text += tag === "#text" ? nodes[i]!.text : " ";
  }
  const line = text.replaceAll("\0", "").replace(/\s+/g, " ").trim();
  return line.length <= 120 ? line : "";
}

const dateWords =
  "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december monday tuesday wednesday thursday friday saturday sunday published updated posted on".split(
    " ",
  );
const beforeDate = new RegExp(`(?:[\\s,]+(?:${dateWords.join("|")})\\.?)+[\\s,]*$`, "i");

/** A byline without what follows or introduces a name: `By Ann Lee | Nov 18, 2019` is `Ann Lee`. */
export function personIn(byline: string): string | undefined {
  const introduced = /^(?:(?:written|posted|published|story|text|words)\s+)?(?:by|von|por|par)\s*[:\s]\s*/i;
  const whole = byline.replace(introduced, "");
  const end = whole.search(/\s*(?:[|•·@(\d]|\s[–—-]\s)/);
  const cut = end < 0 ? whole : whole.slice(0, end);
  // A month before a number is a date's, else it may be a name.
  const isDated = /^\s*\d/.test(whole.slice(cut.length));
  const name = (isDated ? cut.replace(beforeDate, "") : cut).replace(/[\s,;:]+$/, "");
  return /^\p{L}/u.test(name) && name.length >= 3 && name.split(" ").length <= 12 ? name : undefined;
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const monthDay = /\b([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b/i;
const dayMonth = /\b(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -]((?:19|20)\d\d)\b/i;
const yearFirst = /(?:^|\D)((?:19|20)\d\d)[-/.](\d\d?)[-/.](\d\d?)(?!\d)/;
const dayFirst = /(?:^|\D)(\d\d?)\.(\d\d?)\.((?:19|20)\d\d)(?!\d)/;

/** The first whole date in a text, as `YYYY-MM-DD`. What could be read in two ways, as 3/4/2019, is none. */
export function dayIn(text: string): string | undefined {
  const numbers = yearFirst.exec(text) ?? undefined;
  if (numbers) return isoDay(numbers[1]!, +numbers[2]!, +numbers[3]!);
  const german = dayFirst.exec(text);
  if (german) return isoDay(german[3]!, +german[2]!, +german[1]!);
  const american = monthDay.exec(text);
  if (american) return isoDay(american[3]!, monthOf(american[1]!), +american[2]!);
  const british = dayMonth.exec(text);
  return british ? isoDay(british[3]!, monthOf(british[2]!), +british[1]!) : undefined;
}

function monthOf(name: string): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

function isoDay(year: string, month: number, day: number): string | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return `${year}-${`${month}`.padStart(2, "0")}-${`${day}`.padStart(2, "0")}`;
}

import { nameOf } from "./names.js";
import type { HtmlNode } from "./tree.js";

const hiddenStyle = /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;
const hiddenNames =
  /(?:^|[^a-z])(?:sr-only|screen-reader(?:-text)?|visually-?hidden|mw-editsection|noprint)(?![a-z])/;
/** What is folded away until a reader asks for it. */
const folded =
  /(?:^|[^a-z])(?:accordion|collaps(?:e|ed|ible)|panel|faq|answer|tab|toggle|spoiler|expand(?:able)?)(?![a-z])/;

/** Whether an element is there but not for eyes, and never is: what a reader can unfold is text like other text. */
export function isHidden(node: HtmlNode): boolean {
  const { hidden, style, role, class: classes, id } = node.attributes;
  if (
    hidden !== undefined ||
    node.attributes["aria-hidden"] === "true" ||
    (style && hiddenStyle.test(style))
  ) {
    if (hidden?.toLowerCase() === "until-found" || role === "tabpanel" || role === "region") return false;
    return (!classes && !id) || !folded.test(nameOf(node));
  }
  return (
    classes !== undefined &&
    /screen-?reader|sr-only|hidden|editsection|noprint/i.test(classes) &&
    hiddenNames.test(nameOf(node))
  );
}

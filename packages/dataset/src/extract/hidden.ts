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
    return (!classes && !id) || !folded.test(nameOf(node.attributes["class"], node.attributes["id"]));
  }
  return (
    classes !== undefined &&
    /screen-?reader|sr-only|hidden|editsection|noprint/i.test(classes) &&
    hiddenNames.test(nameOf(node.attributes["class"], node.attributes["id"]))
  );
}

/** What hidden parts are called that are several and together hold much of a page's prose, as the answers that its questions open. */
export function findPanels(nodes: readonly HtmlNode[], prose: Int32Array): ReadonlySet<string> {
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

export function panelName({ tag, attributes }: HtmlNode): string {
  return `${tag} ${attributes["class"] ?? ""}`;
}

import { type Attributes, noAttributes } from "./attributes.js";
import { type NameMeaning, nameOf, readNames } from "./names.js";
import type { HtmlNode } from "./tree.js";

const hiddenStyle = /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;
/** What is folded away until a reader asks for it. */
const folded =
  /(?:^|[^a-z])(?:accordion|collaps(?:e|ed|ible)|panel|faq|answer|tab|toggle|spoiler|expand(?:able)?)(?![a-z])/;

/** Marks the elements that are there but not for eyes, and never are: what a reader can unfold is text like other text. */
export function markHidden(
  nodes: readonly HtmlNode[],
  meanings: readonly NameMeaning[] = readNames(nodes),
): Uint8Array {
  const hidden = new Uint8Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const { attributes } = nodes[i]!;
    if (attributes !== noAttributes && isHidden(attributes, meanings[i]!)) hidden[i] = 1;
  }
  return hidden;
}

function isHidden(attributes: Attributes, meaning: NameMeaning): boolean {
  const { hidden, style, class: classes, id } = attributes;
  if (
    hidden === undefined &&
    attributes["aria-hidden"] !== "true" &&
    !(style !== undefined && hiddenStyle.test(style))
  )
    return meaning.isHidden;
  const { role } = attributes;
  if (hidden?.toLowerCase() === "until-found" || role === "tabpanel" || role === "region") return false;
  return (!classes && !id) || !folded.test(nameOf(classes, id));
}

/** What hidden parts are called that are several and together hold much of a page's prose, as the answers that its questions open. */
export function findPanels(
  nodes: readonly HtmlNode[],
  hidden: Uint8Array,
  prose: Int32Array,
): ReadonlySet<string> {
  const panels = new Map<string, Map<string, number>>();
  for (let i = 1; i < nodes.length; i++) {
    if (!hidden[i]) continue;
    const node = nodes[i]!;
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

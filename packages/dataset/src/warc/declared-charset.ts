import { latin1 } from "./bytes.js";

/** How much of a page is searched: browsers look at 1,024 bytes, and many pages declare their encoding later. */
const searched = 4096;

/**
 * The encoding that a page declares for itself, found as browsers do before they parse (HTML Standard, "prescan a byte
 * stream"): in a `meta` element, not in comments or in attributes of others; then in an XML declaration.
 */
export function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes.subarray(0, searched));
  const label =
    metaCharset(head) ?? /^<\?xml\b[^>]{0,100}?encoding\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1];
  // Such a declaration was read as ASCII, so the page cannot be in UTF-16.
  return label && /^utf-?16/i.test(label) ? "utf-8" : label;
}

function metaCharset(head: string): string | undefined {
  for (let at = head.indexOf("<"); at >= 0; at = head.indexOf("<", at)) {
    if (head.startsWith("<!--", at)) {
      const end = head.indexOf("-->", at + 2);
      if (end < 0) return undefined;
      at = end + 3;
    } else if (/[!/?]/.test(head.charAt(at + 1)) && !/[a-z]/i.test(head.charAt(at + 2))) {
      const end = head.indexOf(">", at);
      if (end < 0) return undefined;
      at = end + 1;
    } else {
      tagName.lastIndex = at;
      const name = tagName.exec(head)?.[1];
      if (name === undefined) at++;
      else {
        const { attributes, end } = readAttributes(head, tagName.lastIndex);
        const label = name.toLowerCase() === "meta" ? charsetOf(attributes) : undefined;
        if (label) return label;
        at = end;
      }
    }
  }
  return undefined;
}

const tagName = /<([/!?]?[a-z][^\s>/]*)/iy;
const attribute = /[\s/]*([^\s>/=][^\s>/=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)?))?/y;

function readAttributes(head: string, start: number): { attributes: Map<string, string>; end: number } {
  const attributes = new Map<string, string>();
  let end = start;
  attribute.lastIndex = start;
  for (let found = attribute.exec(head); found; found = attribute.exec(head)) {
    end = attribute.lastIndex;
    const name = found[1]!.toLowerCase();
    if (!attributes.has(name)) attributes.set(name, found[2] ?? found[3] ?? found[4] ?? "");
  }
  return { attributes, end };
}

function charsetOf(attributes: ReadonlyMap<string, string>): string | undefined {
  const charset = attributes.get("charset")?.trim();
  if (charset) return charset;
  if (attributes.get("http-equiv")?.trim().toLowerCase() !== "content-type") return undefined;
  return /charset\s*=\s*["']?\s*([^\s"';]+)/i.exec(attributes.get("content") ?? "")?.[1];
}

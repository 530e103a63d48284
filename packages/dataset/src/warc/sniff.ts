import { latin1 } from "./bytes.js";

/**
 * Media type by a body's first bytes, as browsers sniff it (WHATWG MIME Sniffing), and by the declared type only where
 * they tell nothing.
 */
export function sniffMediaType(body: Uint8Array, declared: string): string {
  const head = latin1(body.subarray(0, 1024)).replace(/^(?:\xef\xbb\xbf)?[\t\n\f\r ]+|^\xef\xbb\xbf/, "");
  const said = (declared.split(";")[0] ?? "").trim().toLowerCase();
  if (/^<\?xml/i.test(head)) {
    if (/<html\b|xhtml/i.test(head)) return "application/xhtml+xml";
    return said || "text/xml";
  }
  if (
    /^<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link)[\s>]/i.test(
      head,
    )
  ) {
    return "text/html";
  }
  if (/^<!--/.test(head))
    return said === "" || said === "text/html" || said.includes("xhtml") ? said || "text/html" : said;
  const found = signatures.find(([signature]) => head.startsWith(signature))?.[1];
  return found ?? (said || "application/octet-stream");
}

const signatures = [
  ["%PDF-", "application/pdf"],
  ["\x89PNG", "image/png"],
  ["GIF8", "image/gif"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["RIFF", "image/webp"],
  ["PK\x03\x04", "application/zip"],
  ["\x1f\x8b", "application/gzip"],
] as const;

import { latin1 } from "./bytes.js";
import { type ContentCoding, type Decoded, decodeContent, HttpError, join } from "./content-encoding.js";

export { HttpError };

/** A response as archived, its body freed of transfer and content encodings. */
export interface HttpResponse {
  readonly status: number;
  /** Header fields by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** What shows that the body was cut short. The body holds what is there. */
  readonly truncated?: "chunked" | "content-length" | ContentCoding;
}

/**
 * Parses an HTTP/1.x response and decodes its body, as far as it goes. An unknown content encoding is none, and the
 * version may be missing from the status line.
 *
 * @throws HttpError where that is impossible
 */
export async function parseResponse(message: Uint8Array, maxBytes = 64 * 2 ** 20): Promise<HttpResponse> {
  const end = headerEnd(message);
  const lines = latin1(message.subarray(0, end)).split(/\r?\n/);
  const status = /^(?:[a-z]+(?:\/[\d.]*)?[ \t]+)?(\d{3})(?!\S)/i.exec(lines[0] ?? "")?.[1];
  if (status === undefined) throw new HttpError("bad_http_header", (lines[0] ?? "").slice(0, 80));
  const headers = readHeaders(lines.slice(1));
  let body = message.subarray(end);
  let truncated: HttpResponse["truncated"];
  const length = headers.get("content-length") ?? "";
  if (/\bchunked\b/i.test(headers.get("transfer-encoding") ?? "")) {
    const joined = dechunk(body);
    body = joined.bytes;
    if (joined.isCut) truncated = "chunked";
  } else if (/^\d{1,15}$/.test(length) && body.length < +length) truncated = "content-length";
  const codings = (headers.get("content-encoding") ?? "").toLowerCase().split(",");
  for (const coding of codings.reverse()) {
    const decoded = await decodeContent(body, coding.replace(/["'\s]/g, ""), maxBytes);
    body = decoded.bytes;
    if (decoded.isCut) truncated = decoded.isCut;
  }
  return { status: +status, headers, body, ...(truncated && { truncated }) };
}

/** Fields by lower-case name, the last of a name; a line that begins with a space goes on the one before. */
function readHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  let last = "";
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (/^[ \t]/.test(line) && last) headers.set(last, `${headers.get(last)} ${line.trim()}`);
    else if (colon > 0) {
      last = line.slice(0, colon).trim().toLowerCase();
      headers.set(last, line.slice(colon + 1).trim());
    }
  }
  return headers;
}

/** Index after the empty line that ends the header. */
function headerEnd(message: Uint8Array): number {
  for (let at = message.indexOf(10); at >= 0; at = message.indexOf(10, at + 1)) {
    if (message[at + 1] === 10) return at + 2;
    if (message[at + 1] === 13 && message[at + 2] === 10) return at + 3;
  }
  return message.length;
}

/**
 * Joins the chunks of a chunked body, as many as there are. Crawlers often store the body already joined under the old
 * header, so one that does not begin with a chunk size is taken as it is.
 */
function dechunk(body: Uint8Array): Decoded<boolean> {
  const parts: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf(10, at);
    const line = latin1(
      body.subarray(at, lineEnd < 0 ? Math.min(body.length, at + 1000) : Math.min(lineEnd, at + 1000)),
    );
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/i.exec(line)?.[1];
    if (at === 0 && (size === undefined || lineEnd < 0)) return { bytes: body };
    if (lineEnd < 0 && (line === "" || size !== undefined)) return { bytes: join(parts), isCut: true };
    if (size === undefined) throw new HttpError("bad_chunks", line.slice(0, 40));
    const length = Number.parseInt(size, 16);
    if (length === 0) return { bytes: join(parts) };
    const chunk = body.subarray(lineEnd + 1, lineEnd + 1 + length);
    parts.push(chunk);
    at = lineEnd + 1 + length;
    if (body[at] === 13) at++;
    if (at >= body.length) return { bytes: join(parts), isCut: true };
    if (body[at] === 10) at++;
    else throw new HttpError("bad_chunks", `no line break after a chunk of ${length} bytes`);
  }
}

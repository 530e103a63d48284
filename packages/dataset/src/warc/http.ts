import { builtin } from "@llm/platform/builtin";
import { latin1 } from "./bytes.js";
import { Gunzip } from "./gzip.js";
import { Inflate } from "./inflate.js";

/** A response as archived, its body freed of transfer and content encodings. */
export interface HttpResponse {
  readonly status: number;
  /** Header fields by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** Why a response could not be read. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly reason: "bad_http_header" | "bad_chunks" | "bad_content_encoding" | "body_too_long";
  /** The value at fault. */
  readonly value: string;

  constructor(reason: HttpError["reason"], value: string) {
    super(`${reason}: ${value}`);
    this.reason = reason;
    this.value = value;
  }
}

/** Parses an HTTP/1.x response and decodes its body; rejects with `HttpError` where that is impossible. */
export async function parseResponse(message: Uint8Array, maxBytes = 64 * 2 ** 20): Promise<HttpResponse> {
  const end = headerEnd(message);
  const lines = latin1(message.subarray(0, end)).split(/\r?\n/);
  const status = /^HTTP\/\d(?:\.\d)? +(\d{3})/i.exec(lines[0] ?? "")?.[1];
  if (status === undefined) throw new HttpError("bad_http_header", (lines[0] ?? "").slice(0, 80));
  const headers = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  let body = message.subarray(end);
  if (/\bchunked\b/i.test(headers.get("transfer-encoding") ?? "")) body = dechunk(body);
  const encodings = (headers.get("content-encoding") ?? "").toLowerCase().split(",");
  for (const encoding of encodings.reverse()) body = await decodeContent(body, encoding.trim(), maxBytes);
  return { status: +status, headers, body };
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
 * Joins the chunks of a chunked body. Crawlers often store the body already joined under the old header, so one that
 * does not begin with a chunk size is taken as it is.
 */
function dechunk(body: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf(10, at);
    const line = latin1(
      body.subarray(at, lineEnd < 0 ? Math.min(body.length, at + 20) : Math.min(lineEnd, at + 1000)),
    );
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/i.exec(line)?.[1];
    if (size === undefined || lineEnd < 0) {
      if (at === 0) return body;
      throw new HttpError("bad_chunks", line.slice(0, 40));
    }
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    const chunk = body.subarray(lineEnd + 1, lineEnd + 1 + length);
    if (chunk.length < length)
      throw new HttpError("bad_chunks", `chunk of ${length} bytes, ${chunk.length} are there`);
    parts.push(chunk);
    total += length;
    at = lineEnd + 1 + length;
    if (body[at] === 13) at++;
    if (body[at] === 10) at++;
    else throw new HttpError("bad_chunks", `no line break after a chunk of ${length} bytes`);
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

async function decodeContent(body: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  // Crawlers also store bodies decoded under the old header: a body without the magic bytes is taken as it is.
  if (encoding === "gzip" || encoding === "x-gzip") {
    if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
    return collect(gunzipParts(body), maxBytes);
  }
  if (encoding === "deflate") return decodeDeflate(body, maxBytes);
  if (encoding === "br") return decodeBrotli(body, maxBytes);
  if (encoding === "zstd") return isZstd(body) ? decodeZstd(body, maxBytes) : body;
  if (encoding === "" || encoding === "identity" || encoding === "none") return body;
  throw new HttpError("bad_content_encoding", encoding.slice(0, 40));
}

function* gunzipParts(body: Uint8Array): Generator<Uint8Array> {
  for (const event of new Gunzip().push(body, true)) {
    if ("problem" in event) throw new HttpError("bad_content_encoding", `gzip (${event.problem})`);
    if ("bytes" in event) yield event.bytes;
  }
}

/** `deflate` means zlib (RFC 1950), and raw DEFLATE in some servers' view. */
function decodeDeflate(body: Uint8Array, maxBytes: number): Uint8Array {
  const isZlib = (body[0]! & 15) === 8 && (body[0]! * 256 + body[1]!) % 31 === 0;
  try {
    return collect(inflateParts(isZlib ? body.subarray(2) : body), maxBytes);
  } catch (error) {
    if (error instanceof HttpError && error.reason === "body_too_long") throw error;
    if (body[0] === 0x3c) return body;
    throw new HttpError("bad_content_encoding", "deflate");
  }
}

function* inflateParts(body: Uint8Array): Generator<Uint8Array> {
  const inflate = new Inflate();
  inflate.feed(body);
  for (let bytes = inflate.read(); bytes; bytes = inflate.read()) yield bytes;
  if (!inflate.done) throw new HttpError("bad_content_encoding", "deflate (truncated)");
}

function isZstd(body: Uint8Array): boolean {
  return body[0] === 0x28 && body[1] === 0xb5 && body[2] === 0x2f && body[3] === 0xfd;
}

async function decodeZstd(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const { Decompress } = await import("fzstd");
  const parts: Uint8Array[] = [];
  const stream = new Decompress((part) => parts.push(part));
  // Piece by piece, so that a small body which grows without bound is given up in time.
  function* decoded(): Generator<Uint8Array> {
    for (let at = 0; at < body.length; at += 65_536) {
      try {
        stream.push(body.subarray(at, at + 65_536), at + 65_536 >= body.length);
      } catch {
        throw new HttpError("bad_content_encoding", "zstd");
      }
      yield* parts.splice(0);
    }
  }
  return collect(decoded(), maxBytes);
}

/** Brotli through Node's own decoder; browsers offer none to scripts. */
function decodeBrotli(body: Uint8Array, maxBytes: number): Uint8Array {
  const zlib = builtin("node:zlib");
  if (!zlib) throw new HttpError("bad_content_encoding", "br (no decoder here)");
  try {
    return zlib.brotliDecompressSync(body, { maxOutputLength: maxBytes });
  } catch {
    // As with gzip, the body may have been stored decoded; brotli has no magic bytes to tell by.
    if (/^\s*</.test(latin1(body.subarray(0, 100)))) return body;
    throw new HttpError("bad_content_encoding", "br");
  }
}

function collect(parts: Iterable<Uint8Array>, maxBytes: number): Uint8Array {
  const all: Uint8Array[] = [];
  let total = 0;
  for (const part of parts) {
    total += part.length;
    if (total > maxBytes) throw new HttpError("body_too_long", `more than ${maxBytes} bytes`);
    all.push(part);
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const part of all) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

import { builtin } from "@llm/platform/builtin";
import { latin1 } from "./bytes.js";
import { Gunzip } from "./gzip.js";
import { Inflate } from "./inflate.js";

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

/** Content codings that are decoded. */
export type ContentCoding = "gzip" | "deflate" | "br" | "zstd";

/** Bytes, and whether (or in which coding) they end early. */
export interface Decoded<Cut> {
  readonly bytes: Uint8Array;
  readonly isCut?: Cut;
}

/**
 * A body without one content coding; one that is unknown or names none leaves it as it is. Crawlers also store bodies
 * decoded under the old header, so one without a coding's marks is taken as it is. What follows the coded data does not count.
 *
 * @throws HttpError for damage
 */
export async function decodeContent(
  body: Uint8Array,
  coding: string,
  maxBytes: number,
): Promise<Decoded<ContentCoding>> {
  if (body.length === 0) return { bytes: body };
  if (coding === "gzip" || coding === "x-gzip")
    return body[0] === 0x1f && body[1] === 0x8b ? gunzip(body, maxBytes) : { bytes: body };
  if (coding === "deflate") return decodeDeflate(body, maxBytes);
  if (coding === "br") return decodeBrotli(body, maxBytes);
  if (coding === "zstd") return decodeZstd(body, maxBytes);
  return { bytes: body };
}

/** Events of a decompressor: bytes, word of a whole part, or of a fault. */
type DecompressEvent =
  | { readonly bytes: Uint8Array }
  | { readonly isWhole: true }
  | { readonly problem: `${"corrupt" | "truncated"}_${string}` };

/** Collects what a decompressor gives until it is done or the rest is not its own. */
function collect<Coding extends ContentCoding>(
  coding: Coding,
  events: Iterable<DecompressEvent>,
  maxBytes: number,
): Decoded<Coding> {
  const parts: Uint8Array[] = [];
  let total = 0;
  /** Whether all that came so far was whole. */
  let isWhole = false;
  let hasWhole = false;
  for (const event of events) {
    if ("bytes" in event) {
      isWhole = false;
      total += event.bytes.length;
      if (total > maxBytes) throw new HttpError("body_too_long", `more than ${maxBytes} bytes`);
      parts.push(event.bytes);
    } else if ("isWhole" in event) {
      isWhole = true;
      hasWhole = true;
    } else if (isWhole) break;
    else if (event.problem.startsWith("truncated")) return { bytes: join(parts), isCut: coding };
    else if (hasWhole) break;
    else throw new HttpError("bad_content_encoding", `${coding} (${event.problem})`);
  }
  return { bytes: join(parts) };
}

function gunzip(body: Uint8Array, maxBytes: number): Decoded<"gzip"> {
  return collect("gzip", new Gunzip().push(body, true), maxBytes);
}

/** `deflate` means zlib (RFC 1950), and raw DEFLATE in some servers' view. */
function decodeDeflate(body: Uint8Array, maxBytes: number): Decoded<"deflate"> {
  const isZlib = (body[0]! & 15) === 8 && (body[0]! * 256 + body[1]!) % 31 === 0;
  for (const start of isZlib ? [2, 0] : [0]) {
    try {
      const decoded = collect("deflate", inflate(body.subarray(start)), maxBytes);
      if (!decoded.isCut || !looksLikeMarkup(body)) return decoded;
    } catch (error) {
      if (error instanceof HttpError && error.reason === "body_too_long") throw error;
    }
  }
  return asStored(body, "deflate");
}

function* inflate(body: Uint8Array): Generator<DecompressEvent> {
  const stream = new Inflate();
  stream.feed(body);
  try {
    for (let bytes = stream.read(); bytes; bytes = stream.read()) yield { bytes };
  } catch {
    yield { problem: "corrupt_deflate" };
    return;
  }
  yield stream.done ? { isWhole: true } : { problem: "truncated_deflate" };
}

async function decodeZstd(body: Uint8Array, maxBytes: number): Promise<Decoded<"zstd">> {
  const { isZstd, Unzstd } = await import("./zstd.js");
  if (!isZstd(body)) return { bytes: body };
  const frames = new Unzstd();
  // Piece by piece, so that a small body which grows without bound is given up in time.
  function* events() {
    for (let at = 0; at < body.length; at += 65_536)
      yield* frames.push(body.subarray(at, at + 65_536), at + 65_536 >= body.length);
  }
  return collect("zstd", events(), maxBytes);
}

/** Brotli through Node's own decoder; browsers offer none to scripts. */
function decodeBrotli(body: Uint8Array, maxBytes: number): Decoded<"br"> {
  const zlib = builtin("node:zlib");
  if (!zlib) throw new HttpError("bad_content_encoding", "br (no decoder here)");
  const { BROTLI_OPERATION_FLUSH } = zlib.constants;
  const limit = { maxOutputLength: maxBytes };
  try {
    return { bytes: zlib.brotliDecompressSync(body, limit) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") throw new HttpError("body_too_long", `more than ${maxBytes} bytes`);
    // Brotli has no marks to tell by.
    if (code !== "Z_BUF_ERROR" || looksLikeMarkup(body)) return asStored(body, "br");
    return {
      bytes: zlib.brotliDecompressSync(body, { ...limit, finishFlush: BROTLI_OPERATION_FLUSH }),
      isCut: "br",
    };
  }
}

function asStored(body: Uint8Array, coding: ContentCoding): Decoded<never> {
  if (looksLikeMarkup(body)) return { bytes: body };
  throw new HttpError("bad_content_encoding", coding);
}

function looksLikeMarkup(body: Uint8Array): boolean {
  return /^(?:\xef\xbb\xbf)?\s*</.test(latin1(body.subarray(0, 100)));
}

/** All parts in one. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

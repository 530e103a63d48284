import { check, checkContent } from "../check.js";
import type { Document } from "../document.js";
import type { Source, StepContext } from "../step.js";
import type { ByteSource } from "./bytes.js";
import { decodeText } from "./charset.js";
import { HttpError, type HttpResponse, parseResponse } from "./http.js";
import { type RecordOptions, readRecords, type WarcProblem, type WarcRecord } from "./record.js";
import { sniffMediaType } from "./sniff.js";

/** Options of `readWarc`. */
export interface WarcOptions extends RecordOptions {
  /** What documents are called after: `"<name>/<offset in the decompressed file>"`. Default `"warc"`. */
  readonly name?: string | undefined;
  /**
   * Pages whose body ends early are kept, as far as they go, or dropped as `truncated_body`. Kept ones say in
   * `meta.truncated` what shows it: `WARC-Truncated`'s reason, such as `length`, or `chunked`, `gzip`, `content-length`, ..
   * Default `"keep"`.
   */
  readonly truncated?: "keep" | "drop" | undefined;
}

/**
 * A source of the pages of a WARC file: `response` records (HTML, to be extracted) and `conversion` records (text, WET).
 * Documents have `meta` `{ url, date, mediaType }`, where it is not UTF-8 `charset`, and where the body was cut short
 * `truncated`. What carries a page and cannot be read is dropped with a reason: `corrupt_gzip`, `truncated_record`,
 * `bad_chunks`, `http_status`, `media_type`, ..; a file in the older ARC format as `arc_file`.
 * Records that carry none (`warcinfo`, `request`, `metadata`) are passed over.
 */
export function readWarc(source: ByteSource | (() => ByteSource), options: WarcOptions = {}): Source {
  checkContent("readWarc", source);
  check("readWarc", options, { name: "string", maxBytes: "number", truncated: ["keep", "drop"] });
  const { name = "warc", truncated = "keep", ...limits } = options;
  return {
    name: "readWarc",
    async *read(context) {
      for await (const record of readRecords(typeof source === "function" ? source() : source, limits)) {
        context.signal?.throwIfAborted();
        const document = await toDocument(record, name, truncated === "keep", context);
        if (document) yield document;
      }
    },
  };
}

type DropPage = (
  reason: string,
  metric: string,
  value: string | number,
  threshold: string | number,
) => undefined;

const withoutPages = new Set(["warcinfo", "request", "metadata"]);

async function toDocument(
  record: WarcRecord | WarcProblem,
  name: string,
  keepsTruncated: boolean,
  context: StepContext,
): Promise<Document | undefined> {
  const { headers, offset } = record;
  const url = (headers.get("warc-target-uri") ?? "").replace(/^<(.*)>$/, "$1");
  const date = headers.get("warc-date");
  const document = { id: `${name}/${offset}`, text: "", meta: { url, ...(date && { date }) } };
  const drop: DropPage = (reason, metric, value, threshold) => {
    context.drop(document, { keep: false, reason, metric, value, threshold });
    return undefined;
  };
  if ("problem" in record) {
    if (record.problem === "arc_file")
      return drop("arc_file", "format", "ARC", "a WARC file: `warcio recompress` makes one of an ARC file");
    return drop(record.problem, "offset", offset, "a whole record");
  }
  const { type } = record;
  if (withoutPages.has(type)) return undefined;
  if (type === "response" || type === "conversion") return readPage(record, document, keepsTruncated, drop);
  return drop("record_type", "warc-type", type, "response or conversion");
}

async function readPage(
  record: WarcRecord,
  document: Document,
  keepsTruncated: boolean,
  drop: DropPage,
): Promise<Document | undefined> {
  const { headers, content, type } = record;
  let http: HttpResponse | undefined;
  if (type === "response") {
    try {
      http = await parseResponse(content);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return drop(error.reason, "response", error.value, "a readable HTTP response");
    }
    if (http.status < 200 || http.status > 299) return drop("http_status", "status", http.status, "200..299");
  }
  const truncated = headers.get("warc-truncated") ?? http?.truncated ?? (record.isShort && "record");
  if (truncated && !keepsTruncated) return drop("truncated_body", "truncated", truncated, "a whole body");
  const body = http?.body ?? content;
  const declared = http?.headers.get("content-type") ?? "";
  const mediaType = http
    ? (headers.get("warc-identified-payload-type") ?? sniffMediaType(body, declared))
    : "text/plain";
  if (
    !/^(?:text\/html|application\/xhtml\+xml|text\/plain)$/.test(mediaType) ||
    (http && mediaType === "text/plain")
  ) {
    return drop("media_type", "media type", mediaType, "text/html");
  }
  const decoded = decodeText(body, declared);
  if (!decoded) return drop("undecodable", "charset", declared || "none declared", "text");
  const { text, charset } = decoded;
  return {
    ...document,
    text,
    meta: {
      ...document.meta,
      mediaType,
      ...(charset !== "utf-8" && { charset }),
      ...(truncated && { truncated }),
    },
  };
}

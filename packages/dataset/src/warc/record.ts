import { check, checkContent } from "../check.js";
import { ByteReader, type ByteSource } from "./bytes.js";

/** One record of a WARC file. */
export interface WarcRecord {
  /** `response`, `conversion`, `request`, `warcinfo`, .. */
  readonly type: string;
  /** Header fields by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The record's block: of a response, the HTTP message. */
  readonly content: Uint8Array;
  /** Where it begins in the decompressed file. */
  readonly offset: number;
  /** Whether the block is shorter than its header says, since the next gzip member holds the next record. */
  readonly isShort?: true;
}

/** Part of a WARC file that could not be read as a record. */
export interface WarcProblem {
  readonly problem:
    | "corrupt_gzip"
    | "truncated_gzip"
    | "truncated_record"
    | "bad_record_header"
    | "record_too_long"
    | "arc_file";
  readonly offset: number;
  /** What is known of the record, such as `warc-target-uri`. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Options of `readRecords`. */
export interface RecordOptions {
  /** Longer blocks are skipped and reported as `record_too_long`. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * Streams the records of a WARC file (1.0 and 1.1), plain or gzip, a gzip member per record or otherwise. What is
 * damaged comes as a `WarcProblem` in its place; it never throws for what the file holds. A record is given out only
 * after the checksum of its gzip member has been found right, where it ends with the member.
 */
export async function* readRecords(
  source: ByteSource,
  options: RecordOptions = {},
): AsyncGenerator<WarcRecord | WarcProblem> {
  checkContent("readRecords", source);
  check("readRecords", options, { maxBytes: "number" });
  const { maxBytes = 64 * 2 ** 20 } = options;
  const reader = new ByteReader(source);
  try {
    for (;;) {
      const next = await readRecord(reader, maxBytes);
      if (next) yield next;
      if (reader.stopped && !reader.resume()) return;
    }
  } finally {
    await reader.close();
  }
}

const noHeaders: ReadonlyMap<string, string> = new Map();

async function readRecord(
  reader: ByteReader,
  maxBytes: number,
): Promise<WarcRecord | WarcProblem | undefined> {
  const isMember = reader.beginsMember();
  await skipLineBreaks(reader);
  const { offset } = reader;
  const broken = (headers = noHeaders, kind: WarcProblem["problem"] = "truncated_record"): WarcProblem => ({
    problem: reader.stopped === undefined || reader.stopped === "end" ? kind : reader.stopped,
    offset,
    headers,
  });
  if ((await reader.peek()) === undefined) return reader.stopped === "end" ? undefined : broken();
  const version = await reader.line();
  if (version === undefined || !/^WARC\/\d/.test(version)) {
    const problem = broken(noHeaders, version?.startsWith("filedesc://") ? "arc_file" : "bad_record_header");
    await findVersion(reader);
    return problem;
  }
  const headers = await readFields(reader);
  if (headers === undefined) return broken();
  const length = headers.get("content-length") ?? "";
  if (!/^\d{1,15}$/.test(length)) {
    await findVersion(reader);
    return broken(headers, "bad_record_header");
  }
  /** A length that is too large must not take the records behind, where each has a gzip member of its own. */
  const within = (count: number) => (isMember ? reader.countBefore("WARC/", count) : count);
  if (+length > maxBytes) {
    for (let left = +length; left > 0; left -= PIECE) {
      const wanted = Math.min(left, PIECE);
      const count = await within(wanted);
      if (!(await reader.take(count))) return broken(headers);
      if (count < wanted) break;
    }
    return { problem: "record_too_long", offset, headers };
  }
  const count = await within(+length);
  const content = await reader.take(count);
  if (content === undefined) return broken(headers);
  const end = reader.offset;
  await skipLineBreaks(reader);
  if (reader.stopped !== undefined && reader.stopped !== "end" && !reader.stoppedBehind(end))
    return broken(headers);
  const type = headers.get("warc-type") ?? "";
  if (count === +length) return { type, headers, content, offset };
  // What ends every record.
  const rest = content.subarray(-4).every((byte, i) => byte === (i & 1 ? 10 : 13)) ? 4 : 0;
  return { type, headers, content: content.subarray(0, count - rest), offset, isShort: true };
}

const PIECE = 65_536;

async function skipLineBreaks(reader: ByteReader): Promise<void> {
  for (let byte = await reader.peek(); byte === 13 || byte === 10; byte = await reader.peek())
    await reader.take(1);
}

/** Fields up to an empty line; a line that begins with a space goes on the one before. */
async function readFields(reader: ByteReader): Promise<Map<string, string> | undefined> {
  const fields = new Map<string, string>();
  let last = "";
  for (let count = 0; count < 1000; count++) {
    const line = await reader.line();
    if (line === undefined) return undefined;
    if (line === "") return fields;
    const colon = line.indexOf(":");
    if (/^[ \t]/.test(line) && last) fields.set(last, `${fields.get(last)} ${line.trim()}`);
    else if (colon > 0) {
      last = line.slice(0, colon).trim().toLowerCase();
      fields.set(last, utf8(line.slice(colon + 1).trim()));
    }
  }
  return undefined;
}

/** Header values are UTF-8 since WARC 1.0, and were read as bytes. */
function utf8(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(value, (char) => char.charCodeAt(0)),
    );
  } catch {
    return value;
  }
}

/** Skips to a line that can begin a record. */
async function findVersion(reader: ByteReader): Promise<void> {
  while ((await reader.peek()) !== undefined && !(await reader.startsWith("WARC/"))) await reader.skipLine();
}

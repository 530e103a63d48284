import type { Document } from "../document.js";
import type { DropVerdict, Source } from "../step.js";
import { byteLines, type TextSource } from "./lines.js";

/** Options of `readJsonl`. */
export interface JsonlOptions {
  /** What lines without an id are called after: `"<name>:<line>"`. Default `"jsonl"`. */
  name?: string | undefined;
  /** The field that holds the text. Default `"text"`. */
  textField?: string | undefined;
  /** The field that holds the id. Default `"id"`. */
  idField?: string | undefined;
}

/**
 * A source of the objects of a JSON Lines text, in UTF-8. Fields other than text and id become `meta`, and so do those of a
 * field `metadata` or `meta`. A line that cannot be read is dropped as `invalid_utf8`, `invalid_json` or `no_text`, and reading goes on. Give
 * a function that opens the source if the pipeline is to run more than once.
 */
export function readJsonl(source: TextSource | (() => TextSource), options: JsonlOptions = {}): Source {
  const { name = "jsonl", textField = "text", idField = "id" } = options;
  return {
    name: "readJsonl",
    async *read({ drop }) {
      const decoder = new TextDecoder("utf-8", { fatal: true });
      let line = 0;
      for await (const bytes of byteLines(typeof source === "function" ? source() : source)) {
        const id = `${name}:${++line}`;
        const found = parse(bytes, decoder, id, textField, idField);
        if (found === undefined) continue;
        if ("reason" in found) drop({ id, text: "", meta: {} }, found);
        else yield found;
      }
    },
  };
}

function parse(
  bytes: Uint8Array,
  decoder: TextDecoder,
  id: string,
  textField: string,
  idField: string,
): Document | DropVerdict | undefined {
  let json: string;
  try {
    json = decoder.decode(bytes);
  } catch {
    return broken("invalid_utf8", "encoding", "not UTF-8", "UTF-8");
  }
  if (json.trim() === "") return undefined;
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch (error) {
    return broken("invalid_json", "syntax", error instanceof Error ? error.message : "error", "JSON");
  }
  const fields = isRecord(record) ? record : {};
  const { [textField]: text, [idField]: own, metadata, meta, ...rest } = fields;
  if (typeof text !== "string") return broken("no_text", textField, typeof text, "string");
  return {
    id: typeof own === "string" || typeof own === "number" ? `${own}` : id,
    text,
    meta: { ...spread("metadata", metadata), ...spread("meta", meta), ...rest },
  };
}

function spread(name: string, value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  return value === undefined ? {} : { [name]: value };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function broken(reason: string, metric: string, value: string, threshold: string): DropVerdict {
  return { keep: false, reason, metric, value, threshold };
}

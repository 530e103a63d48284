import type { Kinds } from "@llm/platform/options";
import type { Document } from "../document.js";
import type { DropVerdict } from "../step.js";

/** Which fields of a record are a document's text and id. */
export interface FieldOptions {
  /** The field, or column, that holds the text. Default `"text"`. */
  readonly textField?: string | undefined;
  /** The field, or column, that holds the id. Default `"id"`. */
  readonly idField?: string | undefined;
}

/** The kinds of {@link FieldOptions}. */
export const FIELDS: Kinds<FieldOptions> = { textField: "string", idField: "string" };

/**
 * A record as a document: fields other than text and id become `meta`, and so do those of a field `metadata` or `meta`. Without an
 * id of its own it is called `id`; without a text it is dropped.
 */
export function toDocument(record: unknown, id: string, options: FieldOptions): Document | DropVerdict {
  const { textField = "text", idField = "id" } = options;
  const fields = isRecord(record) ? record : {};
  const { [textField]: text, [idField]: own, metadata, meta, ...rest } = fields;
  if (typeof text !== "string") return broken("no_text", textField, typeof text, "string");
  return {
    id: typeof own === "string" || typeof own === "number" ? `${own}` : id,
    text,
    meta: { ...spread("metadata", metadata), ...spread("meta", meta), ...rest },
  };
}

/** The verdict on what could not be read. */
export function broken(reason: string, metric: string, value: string, threshold: string): DropVerdict {
  return { keep: false, reason, metric, value, threshold };
}

function spread(name: string, value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  return value === undefined ? {} : { [name]: value };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { check, checkContent } from "../check.js";
import type { Document } from "../document.js";
import type { DropVerdict, Source } from "../step.js";
import { broken, FIELDS, type FieldOptions, toDocument } from "./fields.js";
import { byteLines, type TextSource } from "./lines.js";

/** Options of `readJsonl`. */
export interface JsonlOptions extends FieldOptions {
  /** What lines without an id are called after: `"<name>:<line>"`. Default `"jsonl"`. */
  readonly name?: string | undefined;
  /** Longer lines are dropped as `line_too_long`. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * A source of the objects of a JSON Lines text, in UTF-8. Fields other than text and id become `meta`, and so do those of a
 * field `metadata` or `meta`; whole numbers beyond 2^53, such as 64-bit ids, become strings of their digits. A line that cannot be read is dropped as `invalid_utf8`, `invalid_json` or `no_text`, and reading goes on. Give
 * a function that opens the source if the pipeline is to run more than once.
 */
export function readJsonl(source: TextSource | (() => TextSource), options: JsonlOptions = {}): Source {
  if (typeof source !== "string") checkContent("readJsonl", source);
  check("readJsonl", options, { ...FIELDS, name: "string", maxBytes: "number" });
  const { name = "jsonl", maxBytes = 64 * 2 ** 20 } = options;
  return {
    name: "readJsonl",
    async *read({ drop }) {
      const decoder = new TextDecoder("utf-8", { fatal: true });
      let line = 0;
      for await (const bytes of byteLines(typeof source === "function" ? source() : source, maxBytes)) {
        const id = `${name}:${++line}`;
        const found = bytes
          ? parse(bytes, decoder, id, options)
          : broken("line_too_long", "bytes", "more", `${maxBytes}`);
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
  options: FieldOptions,
): Document | DropVerdict | undefined {
  let json: string;
  try {
    json = decoder.decode(bytes);
  } catch {
    return broken("invalid_utf8", "encoding", "not UTF-8", "UTF-8");
  }
  if (json.trim() === "") return undefined;
  try {
    return toDocument(JSON.parse(longDigits.test(json) ? quoteLongNumbers(json) : json), id, options);
  } catch (error) {
    return broken("invalid_json", "syntax", error instanceof Error ? error.message : "error", "JSON");
  }
}

const longDigits = /\d{16}/;
const stringsAndNumbers = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** Whole numbers that no JavaScript number holds, such as 64-bit ids, become strings of their digits. */
function quoteLongNumbers(json: string): string {
  return json.replace(stringsAndNumbers, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(+token) ? `"${token}"` : token,
  );
}

import { shown } from "@llm/platform/options";
import { check, checkContent, OptionsError } from "../check.js";
import type { Document } from "../document.js";
import type { DropVerdict, Source } from "../step.js";
import { broken, FIELDS, type FieldOptions, toDocument } from "./fields.js";
import { byteChunks, type TextSource } from "./lines.js";

/** Options of `readCsv`. */
export interface CsvOptions extends FieldOptions {
  /** What rows without an id are called after: `"<name>:<row>"`, from 1 below the header. Default `"csv"`. */
  readonly name?: string | undefined;
  /** Between fields. Default `","`. */
  readonly delimiter?: string | undefined;
  /** Rows of more characters are dropped as `row_too_long`: a quote that is never closed must not swallow the file. Default 2^24. */
  readonly maxLength?: number | undefined;
}

/**
 * A source of the rows of a CSV text, in UTF-8, with a header row and quoted fields (RFC 4180), which may hold line breaks. All
 * values are strings. A row that cannot be read is dropped as `field_count`, `bad_quotes`, `invalid_utf8` (also one that holds U+FFFD), `row_too_long` or `no_text`, and
 * reading goes on.
 *
 * @throws OptionsError while reading, where another delimiter divides the header
 */
export function readCsv(source: TextSource | (() => TextSource), options: CsvOptions = {}): Source {
  if (typeof source !== "string") checkContent("readCsv", source);
  check("readCsv", options, { ...FIELDS, name: "string", delimiter: "string", maxLength: "number" });
  const { name = "csv" } = options;
  return {
    name: "readCsv",
    async *read({ drop }) {
      let header: readonly string[] | undefined;
      let number = 0;
      for await (const row of rows(typeof source === "function" ? source() : source, options)) {
        if ("fields" in row && row.fields.length === 1 && row.fields[0] === "") continue;
        if (!header && "fields" in row) {
          header = row.fields;
          continue;
        }
        const id = `${name}:${++number}`;
        const found = "reason" in row ? row : toRow(row.fields, header ?? [], id, options);
        if ("reason" in found) drop({ id, text: "", meta: {} }, found);
        else yield found;
      }
    },
  };
}

/** Refuses a header that another delimiter cuts into columns, among them the text's, which would otherwise never be found. */
function checkHeader(line: string, { name = "csv", textField = "text", delimiter = "," }: CsvOptions): void {
  if (columns(line, delimiter).includes(textField)) return;
  const found = [";", "\t", "|", ","].find((other) => columns(line, other).includes(textField));
  if (found === undefined) return;
  throw new OptionsError(
    `the header of ${name} is ${shown(line)}, whose columns are divided by ${shown(found)} and not by ` +
      `${shown(delimiter)}: pass { delimiter: ${shown(found)} } to readCsv or readFiles.`,
  );
}

function columns(line: string, delimiter: string): string[] {
  return line.split(delimiter).map((column) => column.replace(/^\s*"?|"?\s*$/g, ""));
}

/** Whether a line ends here; a carriage return that comes last may be the first half of a line break. */
function hasLine(text: string): boolean {
  const at = text.search(/[\r\n]/);
  return at >= 0 && (text[at] === "\n" || at < text.length - 1);
}

/** The first line and what ends it, which is between quotes no line break. */
function firstLine(text: string): [line: string, newline: "\r\n" | "\n" | "\r"] {
  const found =
    /^((?:"(?:[^"]|"")*"|[^"\r\n])*)(\r\n|\n|\r)/.exec(text) ?? /^([^\r\n]*)(\r\n|\n|\r)/.exec(text);
  return found ? [found[1]!, found[2] as "\n"] : [text, "\n"];
}

function toRow(
  fields: readonly string[],
  header: readonly string[],
  id: string,
  options: FieldOptions,
): Document | DropVerdict {
  if (fields.length !== header.length)
    return broken("field_count", "fields", `${fields.length}`, `${header.length}`);
  if (fields.some((field) => field.includes("\ufffd")))
    return broken("invalid_utf8", "encoding", "not UTF-8", "UTF-8");
  return toDocument(Object.fromEntries(header.map((column, i) => [column, fields[i]])), id, options);
}

type Row = { readonly fields: readonly string[] } | DropVerdict;

/** What the parser answers for the text it was given. */
interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row?: number; readonly message: string }[];
  /** `cursor`: where the row begins that the text does not end. */
  readonly meta: { readonly cursor: number };
}

async function* rows(source: TextSource, options: CsvOptions): AsyncGenerator<Row> {
  const { delimiter = ",", maxLength = 2 ** 24 } = options;
  const { default: papa } = await import("papaparse");
  const decoder = new TextDecoder();
  const parserOf = () => {
    const [header, end] = firstLine(pending);
    checkHeader(header, options);
    newline = end;
    return new papa.Parser({ delimiter, newline });
  };
  let newline: "\r\n" | "\n" | "\r" = "\n";
  let parser: ReturnType<typeof parserOf> | undefined;
  let pending = "";
  let skip = 1;

  /** Gives the rows that are whole (to the end, all); what is left begins with one that is not. */
  function* parse(toEnd = false): Generator<Row> {
    parser ??= parserOf();
    const { data, errors, meta }: Parsed = parser.parse(pending, 0, !toEnd);
    const isOpen = toEnd && errors.some(({ code }) => code === "MissingQuotes");
    const wrong = new Map(errors.map(({ row = 0, message }) => [row, message]));
    for (const [i, fields] of (isOpen ? [] : data).entries()) {
      const message = wrong.get(i);
      yield message === undefined ? { fields } : broken("bad_quotes", "quotes", message, "RFC 4180");
    }
    if (isOpen) yield* giveUp(broken("bad_quotes", "quotes", "opened and not closed", "RFC 4180"));
    else pending = pending.slice(meta.cursor);
  }

  /** Drops lines from where a quote is opened; twice as many each time, as every try reads all that is there. */
  function* giveUp(verdict: DropVerdict): Generator<Row> {
    const lineEnd = newline === "\r" ? "\r" : "\n";
    for (let lines = 0; lines < skip && pending !== ""; lines++) {
      yield verdict;
      pending = pending.slice(pending.indexOf(lineEnd) + 1 || pending.length);
    }
    skip *= 2;
    yield* parse();
  }

  let wanted = 0;
  for await (const bytes of byteChunks(source)) {
    pending += decoder.decode(bytes, { stream: true });
    // A row longer than what is there is looked at again only when twice as much is.
    if (pending.length < wanted || !hasLine(pending)) continue;
    yield* parse();
    while (pending.length > maxLength)
      yield* giveUp(broken("row_too_long", "characters", "more", `${maxLength}`));
    wanted = Math.min(2 * pending.length, maxLength + 1);
  }
  pending += decoder.decode();
  yield* parse();
  while (pending !== "") yield* parse(true);
}

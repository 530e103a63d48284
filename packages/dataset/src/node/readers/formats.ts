import type { Document } from "../../document.js";
import { readCsv } from "../../readers/csv.js";
import { broken, type FieldOptions } from "../../readers/fields.js";
import { readJsonl } from "../../readers/jsonl.js";
import { parquetRows, type RandomAccess } from "../../readers/parquet.js";
import type { Source, StepContext } from "../../step.js";
import { decodeText } from "../../warc/charset.js";
import { readWarc } from "../../warc/read.js";
import type { StoredFile } from "../stores/store.js";
import { decompressed } from "./decompress.js";

/** One file to read. */
interface FormatInput {
  readonly file: StoredFile;
  /** Its end says how it is compressed. */
  readonly name: string;
  readonly id: string;
  readonly options: FieldOptions & { readonly delimiter?: string | undefined };
  readonly context: StepContext;
}

/** How files of one kind are read. */
export interface Format {
  /** Gives a document or a drop for all that is there, in an order that is the same every time. */
  read(input: FormatInput): AsyncIterable<Document>;
  /** Reads from behind the first `given` documents and drops, where that takes less than reading them. */
  readFrom?(input: FormatInput, given: number): AsyncIterable<Document>;
}

const fromBytes = (open: (bytes: () => AsyncIterable<Uint8Array>, input: FormatInput) => Source): Format => ({
  read: (input) => {
    const { file, name, context } = input;
    return open(() => decompressed(name, file.bytes()), input).read(context);
  },
});
const jsonl = fromBytes((bytes, { id, options: { delimiter: _, ...options } }) =>
  readJsonl(bytes, { ...options, name: id }),
);
const csv = fromBytes((bytes, { id, options }) => readCsv(bytes, { ...options, name: id }));
const tsv = fromBytes((bytes, { id, options }) => readCsv(bytes, { ...options, name: id, delimiter: "\t" }));
/** A damaged gzip member is one lost page here: `readWarc` does the decompression itself. */
const warc: Format = {
  read: ({ file, name, id, context }) => {
    const bytes = /\.zst$/i.test(name) ? decompressed(name, file.bytes()) : file.bytes();
    return readWarc(bytes, { name: id }).read(context);
  },
};
const parquet: Format = {
  read: (input) => parquet.readFrom!(input, 0),
  async *readFrom({ file, id, options, context }, given) {
    const byteLength = await file.size();
    const access: RandomAccess = {
      byteLength,
      slice: async (start, end = byteLength) => {
        const bytes = await file.slice(start, end);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      },
    };
    yield* parquetRows(access, { ...options, name: id }, context, given);
  },
};

const FORMATS: Readonly<Record<string, Format>> = {
  ".txt": whole("text/plain"),
  ".md": whole("text/markdown"),
  ".markdown": whole("text/markdown"),
  ".html": whole("text/html"),
  ".htm": whole("text/html"),
  ".jsonl": jsonl,
  ".ndjson": jsonl,
  ".csv": csv,
  ".tsv": tsv,
  ".parquet": parquet,
  ".warc": warc,
  ".wet": warc,
};

/** The extensions that can be read. */
export const EXTENSIONS: readonly string[] = Object.keys(FORMATS);

/** By a name's extension, without `.gz` or `.zst`; undefined if files of its kind cannot be read. */
export function formatOf(name: string): Format | undefined {
  const plain = name.toLowerCase().replace(/\.(?:gz|zst)$/, "");
  const extension = EXTENSIONS.find((end) => plain.endsWith(end));
  return extension === undefined ? undefined : FORMATS[extension];
}

/** More bytes make no string. */
const maxBytes = 2 ** 29 - 2 ** 16;

/** A file that is one document. */
function whole(mediaType: string): Format {
  return {
    async *read({ file, name, id, context }) {
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of decompressed(name, file.bytes())) {
        length += chunk.length;
        if (length > maxBytes) break;
        chunks.push(chunk);
      }
      const text = length > maxBytes ? undefined : decode(Buffer.concat(chunks), mediaType);
      if (text !== undefined) yield { id, text, meta: { mediaType } };
      else {
        const verdict =
          length > maxBytes
            ? broken("file_too_long", "bytes", "more", `${maxBytes}`)
            : broken("invalid_utf8", "encoding", "not UTF-8", "UTF-8");
        context.drop({ id, text: "", meta: { mediaType } }, verdict);
      }
    },
  };
}

/** Only a web page can say that it is not in UTF-8. */
function decode(bytes: Uint8Array, mediaType: string): string | undefined {
  if (mediaType === "text/html") return decodeText(bytes)?.text;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

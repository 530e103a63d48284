import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Document } from "../document.js";
import { readJsonl } from "../readers/jsonl.js";
import type { Source, StepContext } from "../step.js";
import { decodeText } from "../warc/charset.js";
import { readWarc } from "../warc/read.js";
import { NoDocumentsError } from "./errors.js";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".md": "text/markdown",
  ".markdown": "text/markdown",
  ".html": "text/html",
  ".htm": "text/html",
};

type Read = (path: string, id: string, context: StepContext) => AsyncIterable<Document>;

const READERS: Readonly<Record<string, Read>> = {
  ".jsonl": (path, id, context) => readJsonl(() => bytesOf(path), { name: id }).read(context),
  ".ndjson": (path, id, context) => readJsonl(() => bytesOf(path), { name: id }).read(context),
  ".warc": (path, id, context) => readWarc(() => createReadStream(path), { name: id }).read(context),
  ".wet": (path, id, context) => readWarc(() => createReadStream(path), { name: id }).read(context),
};

/** The extensions that can be read. */
export const EXTENSIONS: readonly string[] = [...Object.keys(MEDIA_TYPES), ...Object.keys(READERS)];

/** A file's extension in lower case, without `.gz`; undefined if files of its kind cannot be read. */
export function extensionOf(path: string): string | undefined {
  return EXTENSIONS.find((extension) => path.toLowerCase().replace(/\.gz$/, "").endsWith(extension));
}

/**
 * A source of the documents in one file, taken by its extension (also with `.gz`): a text, Markdown or HTML file is one
 * document, whose id is `id` and whose `meta` holds its `mediaType`; a JSON Lines or WARC file is many. What cannot be read is
 * dropped: `invalid_utf8`, `truncated_gzip`, `corrupt_gzip`, and as `readJsonl` and `readWarc` say.
 */
export function readPath(path: string, id: string = basename(path)): Source {
  const extension = extensionOf(path);
  if (extension === undefined) throw new NoDocumentsError([path], EXTENSIONS);
  const read = READERS[extension] ?? readWhole;
  return {
    name: "readPath",
    async *read(context) {
      try {
        yield* read(path, id, context);
      } catch (error) {
        const reason = gzipProblem(error);
        if (reason === undefined) throw error;
        const value = (error as Error).message;
        context.drop(
          { id, text: "", meta: {} },
          { keep: false, reason, metric: "compression", value, threshold: "gzip" },
        );
      }
    },
  };
}

async function* readWhole(path: string, id: string, context: StepContext) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytesOf(path)) chunks.push(chunk);
  const mediaType = MEDIA_TYPES[extensionOf(path) ?? ""]!;
  const text = decode(Buffer.concat(chunks), mediaType);
  if (text !== undefined) yield { id, text, meta: { mediaType } };
  else {
    const verdict = { metric: "encoding", value: "not UTF-8", threshold: "UTF-8" };
    context.drop({ id, text: "", meta: { mediaType } }, { keep: false, reason: "invalid_utf8", ...verdict });
  }
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

/** The file's bytes as they come, decompressed if it is named `.gz`. */
function bytesOf(path: string): AsyncIterable<Uint8Array> {
  const file = createReadStream(path);
  // An error in either stream ends the other, and is thrown to whoever reads.
  return path.toLowerCase().endsWith(".gz") ? pipeline(file, createGunzip(), () => {}) : file;
}

function gzipProblem(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "Z_BUF_ERROR") return "truncated_gzip";
  return typeof code === "string" && code.startsWith("Z_") ? "corrupt_gzip" : undefined;
}

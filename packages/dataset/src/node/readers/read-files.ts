import { basename } from "node:path";
import { check, checkArgument } from "../../check.js";
import type { Document } from "../../document.js";
import { broken, FIELDS, type FieldOptions } from "../../readers/fields.js";
import type { Source, SourceFile, SourcePosition, StepContext } from "../../step.js";
import { NoDocumentsError } from "../errors.js";
import { type HttpOptions, httpStore } from "../stores/http.js";
import { type HubOptions, hubStore } from "../stores/hub.js";
import { findLocal, localFile } from "../stores/local.js";
import { type S3Options, s3Store } from "../stores/s3.js";
import type { Store } from "../stores/store.js";
import { CompressionError } from "./decompress.js";
import { EXTENSIONS, formatOf } from "./formats.js";

/** Options of `readFiles`. */
export interface ReadFilesOptions extends FieldOptions {
  /** Between the fields of `.csv` files. Default `","`. */
  readonly delimiter?: string | undefined;
  readonly http?: HttpOptions | undefined;
  readonly s3?: S3Options | undefined;
  readonly hub?: HubOptions | undefined;
}

/** A source of files, which executors can deal out. */
export type FileSource = Source & Required<Pick<Source, "files" | "open">>;

/**
 * A source of all documents in files: local paths, folders and patterns such as `"docs/**\/*.md"`, URLs (`https://`), objects
 * (`s3://bucket/folder`, `s3://bucket/**\/*.jsonl.gz`) and repositories (`hf://datasets/owner/name/data/*.parquet`).
 *
 * The extension says the format: text, Markdown and HTML, a document each; `.jsonl` and `.ndjson`, `.csv` and `.tsv`, `.parquet`, `.warc` and
 * `.wet`, many; all but Parquet also with `.gz` or `.zst`. Other files are passed over. Files come in the order of the paths, sorted within
 * each, and each once. A document is called by the file's path relative to the deepest folder that holds everything (of a remote file, by its URL), with
 * its line, row or offset where a file holds many and it has no id of its own.
 *
 * What cannot be read is dropped: `truncated_gzip`, `corrupt_gzip`, `truncated_zstd`, `corrupt_zstd`, `invalid_utf8`, and as `readJsonl`, `readCsv`,
 * `readParquet` and `readWarc` say. A file that is not there, or a store that does not answer, is an error.
 *
 * @throws MissingPathError, NoDocumentsError, RemoteFileError, MissingPackageError when reading begins or goes on
 */
export function readFiles(paths: string | readonly string[], options: ReadFilesOptions = {}): FileSource {
  checkPaths("readFiles", paths);
  check("readFiles", options, {
    ...FIELDS,
    delimiter: "string",
    http: "object",
    s3: "object",
    hub: "object",
  });
  return source("readFiles", typeof paths === "string" ? [paths] : paths, options);
}

/** As `readFiles`, under the name that statistics of local folders have. */
export function readFolder(paths: string | readonly string[]): FileSource {
  checkPaths("readFolder", paths);
  return source("readFolder", typeof paths === "string" ? [paths] : paths, {});
}

/**
 * A source of the documents in one file, which is called `id`.
 *
 * @throws NoDocumentsError at once, for an extension that is not read
 */
export function readPath(path: string, id: string = basename(path)): FileSource {
  if (formatOf(path) === undefined) throw new NoDocumentsError([path], EXTENSIONS);
  const { open } = source("readPath", [path], {});
  const files = [{ path, id }];
  return { name: "readPath", files: async () => files, open, read: (context) => open(files[0]!, context) };
}

function checkPaths(of: string, paths: unknown): void {
  checkArgument(`paths of ${of}`, paths, "string|array");
}

function source(
  name: string,
  paths: readonly string[],
  { http, s3, hub, ...options }: ReadFilesOptions,
): FileSource {
  const stores: Readonly<Record<string, Store>> = {
    http: httpStore(http),
    https: httpStore(http),
    s3: s3Store(s3),
    hf: hubStore(hub),
  };
  const storeOf = (path: string): Store | undefined => stores[/^(\w+):\/\//.exec(path)?.[1] ?? ""];

  async function* found(signal?: AbortSignal): AsyncGenerator<SourceFile> {
    const seen = new Set<string>();
    // Neighbours on this machine are found together: their ids depend on one another.
    for (let at = 0; at < paths.length; ) {
      const store = storeOf(paths[at]!);
      let end = at + 1;
      while (!store && end < paths.length && !storeOf(paths[end]!)) end++;
      for await (const file of store
        ? await store.find(paths[at]!, signal)
        : findLocal(paths.slice(at, end))) {
        signal?.throwIfAborted();
        if (seen.has(file.path) || formatOf(fileName(file.path)) === undefined) continue;
        seen.add(file.path);
        yield file;
      }
      at = end;
    }
    if (seen.size === 0) throw new NoDocumentsError(paths, EXTENSIONS);
  }

  async function* open(
    file: SourceFile,
    context: StepContext,
    { given }: SourcePosition = { given: 0 },
  ): AsyncGenerator<Document> {
    const { path, id } = file;
    const name = fileName(path);
    const format = formatOf(name);
    if (format === undefined) throw new NoDocumentsError([path], EXTENSIONS);
    const stored = storeOf(path)?.open(path, context.signal) ?? localFile(path);
    const behind = format.readFrom ? { skip: 0, context } : skipping(given, context);
    const input = { file: stored, name, id, options, context: behind.context };
    try {
      for await (const document of format.readFrom?.(input, given) ?? format.read(input)) {
        if (behind.skip > 0) behind.skip--;
        else yield document;
      }
    } catch (error) {
      if (!(error instanceof CompressionError)) throw error;
      const { reason, message, compression } = error;
      behind.context.drop({ id, text: "", meta: {} }, broken(reason, "compression", message, compression));
    }
  }

  return {
    name,
    async files(signal) {
      const files: SourceFile[] = [];
      for await (const file of found(signal))
        files.push(storeOf(file.path) ? file : { ...file, size: await localFile(file.path).size() });
      return files;
    },
    open,
    async *read(context) {
      for await (const file of found(context.signal)) yield* open(file, context);
    },
  };
}

/** A path, or a URL without what follows its path. */
function fileName(path: string): string {
  return /^https?:/.test(path) ? path.replace(/[?#].*$/s, "") : path;
}

/** Lets the first drops pass unseen, which were counted before; documents count in `skip` too. */
function skipping(skip: number, { signal, drop }: StepContext): { skip: number; context: StepContext } {
  const state = { skip, context: { signal, drop: see } };
  function see(...dropped: Parameters<StepContext["drop"]>): void {
    if (state.skip > 0) state.skip--;
    else drop(...dropped);
  }
  return state;
}

import { type Document, type Pipeline, pipeline, readJsonl, readWarc, type Source } from "@llm/dataset";
import type { NamedFile } from "../../run/named-file.js";

/** More than this is left out: the page is for looking, not for a crawl. */
const MOST = { documents: 2000, bytes: 64 * 2 ** 20 };

/** Documents, and what could not be read or was too much, in sentences. */
export interface ReadDocuments {
  readonly documents: readonly Document[];
  readonly notes: readonly string[];
}

/** The documents of files: pages, texts, JSON Lines or WARC. @throws in words, where there is none */
export async function readFiles(files: readonly NamedFile[], signal?: AbortSignal): Promise<ReadDocuments> {
  const documents: Document[] = [];
  const notes: string[] = [];
  const problems = new Map<string, number>();
  let bytes = 0;
  for (const { path, file } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    bytes += file.size;
    if (bytes > MOST.bytes) {
      notes.push(`${path} and what follows are left out: more than ${MOST.bytes / 2 ** 20} MB in all.`);
      break;
    }
    const source = await sourceOf(path, file);
    if (!source) {
      notes.push(`${path} is left out: it is no page, text, JSON Lines or WARC file.`);
      continue;
    }
    const from: Pipeline = pipeline(source);
    const onDrop = ({ verdict }: { verdict: { reason: string } }) => {
      const problem = `${path}: ${verdict.reason}`;
      problems.set(problem, (problems.get(problem) ?? 0) + 1);
    };
    for await (const document of from.docs({ onDrop, ...(signal && { signal }) })) {
      if (documents.length === MOST.documents) break;
      documents.push(document);
    }
    if (documents.length === MOST.documents) {
      notes.push(`Only the first ${MOST.documents} documents are read.`);
      break;
    }
  }
  for (const [problem, count] of problems) notes.push(`${problem} (${count}).`);
  if (documents.length === 0) {
    throw new Error(
      ["No document could be read.", ...notes, "Choose .html, .txt, .md, .jsonl or .warc(.gz)."].join(" "),
    );
  }
  return { documents, notes };
}

async function sourceOf(name: string, file: File): Promise<Source | undefined> {
  if (/\.warc(\.gz)?$|\.wet(\.gz)?$/i.test(name)) return readWarc(await bytesOf(file), { name });
  if (/\.(jsonl|ndjson)$/i.test(name)) return readJsonl(await bytesOf(file), { name });
  const isPage = /\.x?html?$/i.test(name);
  if (!isPage && !/\.(txt|md|markdown|text)$/i.test(name)) return undefined;
  const text = await file.text();
  const mediaType = isPage ? "text/html" : "text/plain";
  return {
    name: "file",
    async *read() {
      yield { id: name, text, meta: { mediaType } };
    },
  };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

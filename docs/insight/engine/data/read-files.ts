import { type Document, type Pipeline, pipeline, readJsonl, readWarc, type Source } from "@llm/dataset";

/** More than this is left out: the page is for looking, not for a crawl. */
const MOST = { documents: 2000, bytes: 64 * 2 ** 20 };

/** Documents, and what could not be read or was too much, in sentences. */
export interface ReadDocuments {
  readonly documents: readonly Document[];
  readonly notes: readonly string[];
}

/** The documents of files: pages, texts, JSON Lines or WARC. @throws in words, where there is none */
export async function readFiles(files: readonly File[], signal?: AbortSignal): Promise<ReadDocuments> {
  const documents: Document[] = [];
  const notes: string[] = [];
  const problems = new Map<string, number>();
  let bytes = 0;
  for (const file of [...files].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    bytes += file.size;
    if (bytes > MOST.bytes) {
      notes.push(
        `${nameOf(file)} and what follows are left out: more than ${MOST.bytes / 2 ** 20} MB in all.`,
      );
      break;
    }
    const source = await sourceOf(file);
    if (!source) {
      notes.push(`${nameOf(file)} is left out: it is no page, text, JSON Lines or WARC file.`);
      continue;
    }
    const from: Pipeline = pipeline(source);
    const onDrop = ({ verdict }: { verdict: { reason: string } }) => {
      const problem = `${nameOf(file)}: ${verdict.reason}`;
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

/** A file that was chosen with its folder is called after its place in it. */
const nameOf = (file: File) => file.webkitRelativePath || file.name;

async function sourceOf(file: File): Promise<Source | undefined> {
  const name = nameOf(file);
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

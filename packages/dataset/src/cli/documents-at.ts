import { type Io, UsageError, write } from "@llm/platform/command";
import type { Document } from "../document.js";
import { readFolder } from "../node/readers/read-files.js";
import { type Drop, pipeline } from "../pipeline.js";
import { decodeText } from "../warc/charset.js";

/** A page that could not be fetched, or not read. */
class FetchError extends Error {
  override readonly name = "FetchError";
  readonly url: string;
  constructor(url: string, problem: string, options?: ErrorOptions) {
    super(`${url}: ${problem}`, options);
    this.url = url;
  }
}

/** The documents in a file or a folder, at a URL, or, for "-", on stdin. What cannot be read is told on stderr. */
export async function* documentsAt(target: string, io: Io, url?: string): AsyncGenerator<Document> {
  if (url !== undefined && target !== "-") throw new UsageError("--url is for a page that comes from stdin.");
  if (target === "-") yield await fromStdin(io, url);
  else if (/^https?:\/\//i.test(target)) yield await fetched(target, io.signal);
  else {
    const problems: string[] = [];
    const onDrop = ({ document: { id }, verdict: { reason, value } }: Drop) =>
      problems.push(`dataset: ${id} cannot be read: ${reason} (${value})\n`);
    const { docs } = pipeline(readFolder(target));
    for await (const document of docs({ signal: io.signal, onDrop })) {
      await write(io.stderr, problems.splice(0).join(""));
      yield document;
    }
    await write(io.stderr, problems.join(""));
  }
}

async function fromStdin(io: Io, url: string | undefined): Promise<Document> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) {
    io.signal.throwIfAborted();
    chunks.push(chunk);
  }
  return page(url ?? "stdin", Buffer.concat(chunks), url);
}

async function fetched(url: string, signal: AbortSignal): Promise<Document> {
  let response: Response;
  let bytes: Uint8Array;
  try {
    response = await fetch(url, { signal });
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new FetchError(url, "cannot be fetched: check the address and the network", { cause });
  }
  if (!response.ok) throw new FetchError(url, `the server answered ${response.status}`);
  return page(url, bytes, url, response.headers.get("content-type") ?? "");
}

function page(id: string, bytes: Uint8Array, url: string | undefined, contentType = ""): Document {
  const decoded = decodeText(bytes, contentType);
  if (!decoded) throw new FetchError(id, "this is no text");
  const { text } = decoded;
  const said = contentType.split(";")[0]!.trim().toLowerCase();
  const mediaType = said || (/^\s*<(?:!doctype|html|!--)/i.test(text) ? "text/html" : "text/plain");
  return { id, text, meta: { ...(url !== undefined && { url }), mediaType } };
}

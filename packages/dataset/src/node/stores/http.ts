import { check } from "../../check.js";
import {
  type ByteRange,
  collected,
  nothing,
  RemoteFileError,
  type RetryOptions,
  resumed,
  retried,
} from "./resumed.js";
import type { Store, StoredFile } from "./store.js";

/** Options of files at `http://` and `https://`. */
export interface HttpOptions extends RetryOptions {
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Files on the web. A dropped connection is taken up again with a Range request. */
export function httpStore(options: HttpOptions = {}): Store {
  check("http", options, { attempts: "count", delay: "number", headers: "object", fetch: "function" });
  return {
    find: async (path) => [{ path, id: path.replace(/[?#].*$/, "") }],
    open: (path, signal) => httpFile(path, options, signal),
  };
}

/** The file at a URL; `path` is what errors call it. */
export function httpFile(
  url: string,
  options: HttpOptions,
  signal: AbortSignal | undefined,
  path = url,
): StoredFile {
  /** What the first answer said the file is; another one later cannot be joined to it. */
  let version: string | undefined;
  const request = async (range: string | undefined): Promise<Response> => {
    const response = await (options.fetch ?? fetch)(url, {
      // Ranges count the bytes as they are sent, so they must be sent as they are.
      headers: { "accept-encoding": "identity", ...options.headers, ...(range && { range }) },
      signal: signal ?? null,
    });
    if (!response.ok && response.status !== 416) {
      await response.body?.cancel();
      throw new RemoteFileError(path, `the server answers ${response.status} ${response.statusText}`.trim(), {
        status: response.status,
      });
    }
    const encoding = response.headers.get("content-encoding") ?? "identity";
    if (encoding !== "identity") {
      await response.body?.cancel();
      const problem = `the server sends it as ${encoding} although it was asked not to, so it cannot go on in the middle`;
      throw new RemoteFileError(path, problem, { status: 406 });
    }
    const found = response.headers.get("etag") ?? response.headers.get("last-modified") ?? "";
    version ??= found;
    if (found !== version) {
      await response.body?.cancel();
      throw new RemoteFileError(path, "it changed while it was read", { status: 412 });
    }
    return response;
  };
  const open = async ({ start, end }: ByteRange): Promise<AsyncIterable<Uint8Array>> => {
    const isWhole = start === 0 && end === undefined;
    const response = await request(
      isWhole ? undefined : `bytes=${start}-${end === undefined ? "" : end - 1}`,
    );
    if (response.status === 416 || response.body === null) {
      await response.body?.cancel();
      return nothing();
    }
    // A server without ranges sends all.
    return response.status === 206 ? response.body : cut(response.body, start, end);
  };
  const read = (range: ByteRange) => resumed(path, open, range, options, signal);
  return {
    bytes: () => read({ start: 0 }),
    slice: (start, end) => collected(read({ start, end })),
    size: () =>
      retried(
        path,
        async () => {
          const response = await request("bytes=0-0");
          await response.body?.cancel();
          const { headers } = response;
          const total = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
          const size = Number(total ?? headers.get("content-length") ?? Number.NaN);
          if (Number.isNaN(size)) throw new RemoteFileError(path, "the server does not tell its size");
          return size;
        },
        options,
        signal,
      ),
  };
}

async function* cut(body: AsyncIterable<Uint8Array>, start: number, end = Number.POSITIVE_INFINITY) {
  let at = 0;
  for await (const chunk of body) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += chunk.length;
    if (piece.length > 0) yield piece;
    if (at >= end) return;
  }
}

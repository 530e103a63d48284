import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on loopback. */
export interface TestServer {
  readonly url: string;
  /** Method, path and range of every request so far. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, url: URL) => void,
): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { range = "" } = request.headers;
    requests.push(`${request.method} ${request.url} ${range}`.trim());
    answer(request, response, new URL(request.url!, "http://127.0.0.1"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a file as servers with ranges do; after `dropAfter` bytes of the body the connection breaks. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: Uint8Array,
  { dropAfter, etag = '"1"', ranges = true }: { dropAfter?: number; etag?: string; ranges?: boolean } = {},
): void {
  const [, from, to] = (ranges && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "")) || [];
  const start = Number(from ?? 0);
  const end = to ? Math.min(Number(to) + 1, file.length) : file.length;
  const headers = {
    etag,
    "content-length": `${Math.max(0, end - start)}`,
    "last-modified": new Date(0).toUTCString(),
  };
  if (from !== undefined && start >= file.length) {
    response.writeHead(416, { "content-range": `bytes */${file.length}` }).end();
    return;
  }
  if (from === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, "content-range": `bytes ${start}-${end - 1}/${file.length}` });
  if (request.method === "HEAD") response.end();
  else if (dropAfter === undefined || dropAfter >= end - start) response.end(file.subarray(start, end));
  else response.write(file.subarray(start, start + dropAfter), () => setTimeout(() => response.destroy(), 5));
}

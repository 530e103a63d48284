/** One page to archive. */
export interface WarcPage {
  readonly url: string;
  /** Text, which is written in UTF-8; or bytes as they came, in the encoding that they or `contentType` declare. */
  readonly html: string | Uint8Array;
  /** As the server sent it. Default `text/html; charset=utf-8` for text, `text/html` for bytes. */
  readonly contentType?: string | undefined;
  /** When it was fetched. Default the first second of 1970, so that equal pages give equal bytes. */
  readonly date?: string | Date | undefined;
}

/**
 * Writes pages as `response` records of a `.warc.gz`, a gzip member each, as crawls are published. Streams: each chunk
 * is a whole member. Record ids are made of position and URL, so the same pages give the same file.
 */
export async function* writeWarc(
  pages: Iterable<WarcPage> | AsyncIterable<WarcPage>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let position = 0;
  for await (const page of pages) {
    const { url, html, date = 0 } = page;
    const isText = typeof html === "string";
    const body = isText ? encoder.encode(html) : Uint8Array.from(html);
    const { contentType = isText ? "text/html; charset=utf-8" : "text/html" } = page;
    const http = encoder.encode(
      `HTTP/1.1 200 OK\r\nContent-Type: ${oneLine(contentType)}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    const header = encoder.encode(
      [
        "WARC/1.1",
        "WARC-Type: response",
        `WARC-Record-ID: <urn:uuid:${await recordId(`${position++} ${url}`)}>`,
        `WARC-Target-URI: ${oneLine(url)}`,
        `WARC-Date: ${new Date(date).toISOString().slice(0, 19)}Z`,
        "WARC-Identified-Payload-Type: text/html",
        "Content-Type: application/http; msgtype=response",
        `Content-Length: ${http.length + body.length}`,
        "\r\n",
      ].join("\r\n"),
    );
    yield await gzip([header, http, body, encoder.encode("\r\n\r\n")]);
  }
}

/** A header field's value must not begin another field. */
function oneLine(value: string): string {
  return value.replace(/[\r\n]/g, "");
}

async function gzip(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  const stream = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A version 8 UUID over the text. */
async function recordId(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  hash[6] = (hash[6]! & 15) | 0x80;
  hash[8] = (hash[8]! & 63) | 0x80;
  const hex = Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

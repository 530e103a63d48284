/** Text or bytes, whole or in pieces: a string, a file stream, the body of a response. */
export type TextSource =
  | string
  | Uint8Array
  | ReadableStream<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

const LINE_FEED = 10;

/**
 * The lines of a source as bytes, without their line feeds, and undefined for one of more than `maxBytes`. A line is held in
 * memory, the source is not.
 */
export async function* byteLines(
  source: TextSource,
  maxBytes: number,
): AsyncGenerator<Uint8Array | undefined> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  const add = (piece: Uint8Array) => {
    length += piece.length;
    if (length <= maxBytes) pieces.push(piece);
    else pieces = [];
  };
  for await (const chunk of byteChunks(source)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      yield length <= maxBytes ? join(pieces) : undefined;
      pieces = [];
      length = 0;
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (length > 0) yield length <= maxBytes ? join(pieces) : undefined;
}

/** The bytes of a source as they come. */
export async function* byteChunks(source: TextSource): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (typeof source === "string") yield encoder.encode(source);
  else if (source instanceof Uint8Array) yield source;
  else {
    for await (const chunk of iterable(source)) {
      yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    }
  }
}

/** Some browsers' streams cannot be iterated. */
async function* iterable(
  source: Exclude<TextSource, string | Uint8Array>,
): AsyncGenerator<Uint8Array | string> {
  if (Symbol.iterator in source || Symbol.asyncIterator in source) yield* source;
  else {
    const reader = (source as ReadableStream<Uint8Array | string>).getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    } finally {
      await reader.cancel();
    }
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const joined = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

import { writeStream } from "@llm/platform/write-stream";
import { SafetensorsError } from "../errors.js";
import {
  checkData,
  checkSelection,
  type SafetensorsSelection,
  type SafetensorsTensor,
  tensorOf,
} from "./file.js";
import {
  formatHeader,
  headerLength,
  parseHeader,
  type SafetensorsInfo,
  type SafetensorsSpec,
} from "./header.js";
import { bytesOf, encode, type SafetensorsInput } from "./values.js";

/** Elements of one chunk that is written: at most 1 MiB. */
const CHUNK = 262_144;

/**
 * Writes a safetensors file as chunks of at most 1 MiB (and its header), with memory for one tensor at a time: `read`
 * is asked for the values of each, in the order of `specs`, when the chunks before have been taken. Types as in
 * `writeSafetensors`; a reader that maps the file wants the widest types first, so that all data is aligned.
 *
 * In Node, `await pipeline(encodeSafetensors(specs, read), createWriteStream(path))` writes a file.
 * @throws {SafetensorsError} for a name that is taken, or values that do not fit shape or type
 */
export async function* encodeSafetensors(
  specs: Iterable<SafetensorsSpec>,
  read: (name: string) => SafetensorsInput | Promise<SafetensorsInput>,
  metadata?: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { start, tensors } = formatHeader(specs, metadata);
  yield start;
  for (const info of tensors) {
    const data = await read(info.name);
    checkData(info, data);
    for (let from = 0; from < data.length; from += CHUNK) {
      const part = data.subarray(from, from + CHUNK);
      const chunk = new Uint8Array(part.length * bytesOf(info.dtype));
      encode(info.name, info.dtype, part, chunk);
      yield chunk;
    }
  }
}

/**
 * `encodeSafetensors` into a WritableStream, no faster than it takes the chunks; closes it at the end, and aborts it
 * when the writing fails.
 */
export async function pipeSafetensors(
  specs: Iterable<SafetensorsSpec>,
  read: (name: string) => SafetensorsInput | Promise<SafetensorsInput>,
  writable: WritableStream<Uint8Array>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  await writeStream(encodeSafetensors(specs, read, metadata), writable);
}

/** How many times what has come there may be room for. */
const ROOM = 16;

/** Pieces in one, with room for `length` bytes. */
function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Takes exact numbers of bytes off a stream. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next `length` bytes, fewer at the end, in memory of their own. */
  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let whole: Uint8Array | null = null;
    let at = 0;
    while (at < length) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done) break;
        if (!(value instanceof Uint8Array)) {
          throw new SafetensorsError(`The stream gave a ${typeof value} where bytes are needed.`);
        }
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, length - at);
      this.#rest = this.#rest.subarray(part.length);
      if (whole) whole.set(part, at);
      else parts.push(part);
      at += part.length;
      // A header may lie about what comes: room for all of it is made when some of it has.
      if (!whole && at * ROOM >= length) whole = joined(parts.splice(0), length);
    }
    return whole?.subarray(0, at) ?? joined(parts, at);
  }

  /** Tells the stream that no more is wanted. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/** The chunks of a ReadableStream, also where it cannot be iterated itself. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let done = false;
  try {
    for (;;) {
      const next = await reader.read();
      done = next.done;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!done) await reader.cancel();
    reader.releaseLock();
  }
}

/** Which tensors of a stream are read, and how. */
export interface SafetensorsStreamOptions extends SafetensorsSelection {
  /**
   * How many rows (of the first axis) of a tensor come at a time: it is then given in pieces, in order, each under its name
   * with the shape of its rows. Default, and where that is undefined: all.
   */
  rows?: (info: SafetensorsInfo) => number | undefined;
}

/** A safetensors file that is read as it comes. */
export interface SafetensorsStream {
  readonly metadata: Readonly<Record<string, string>>;
  /** What will come, in this order. */
  readonly infos: readonly SafetensorsInfo[];
  /** The tensors one by one, once; it must be read to its end for the file to be known to be whole. */
  readonly tensors: AsyncGenerator<[string, SafetensorsTensor], void, undefined>;
  /** Lets go of the stream, for who has seen enough; reading `tensors` to their end does it too. */
  close(): Promise<void>;
}

/**
 * Reads a safetensors file from a stream: the header at once, then each tensor as it comes, with memory for one. Give it the `body` of a response, or a Node read stream.
 * @throws {SafetensorsError} for a bad header; while iterating, for a type that cannot be read here, for a stream that
 * ends early and for bytes after the last tensor
 */
export async function decodeSafetensors(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: SafetensorsStreamOptions = {},
): Promise<SafetensorsStream> {
  checkSelection("decodeSafetensors", options, { rows: "function" });
  const reader = new ByteReader("getReader" in stream ? chunksOf(stream) : stream);
  try {
    const length = headerLength(await reader.take(8));
    const bytes = await reader.take(length);
    if (bytes.length < length) {
      throw new SafetensorsError(`The stream ended after ${bytes.length} of ${length} bytes of the header.`);
    }
    const { metadata, tensors: infos } = parseHeader(bytes);
    return { metadata, infos, tensors: tensorsOf(reader, infos, options), close: () => reader.close() };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function* tensorsOf(
  reader: ByteReader,
  infos: readonly SafetensorsInfo[],
  options: SafetensorsStreamOptions,
): AsyncGenerator<[string, SafetensorsTensor], void, undefined> {
  const { wants = () => true } = options;
  try {
    for (const info of infos) {
      const wanted = wants(info);
      const { pieces, shapeOf } = piecesOf(info, wanted ? options.rows?.(info) : undefined);
      let come = 0;
      for (let i = 0; i < pieces; i++) {
        const shape = shapeOf(i);
        const length = (info.bytes / (info.shape[0] || 1)) * (shape[0] ?? 1);
        const bytes = await reader.take(length);
        come += bytes.length;
        if (bytes.length < length) {
          throw new SafetensorsError(
            `The stream ended after ${come} of ${info.bytes} bytes of tensor "${info.name}".`,
          );
        }
        if (wanted) yield [info.name, tensorOf({ ...info, shape }, bytes, { ...options, own: true })];
      }
    }
    if ((await reader.take(1)).length > 0) {
      throw new SafetensorsError("There are bytes after the last tensor.");
    }
  } finally {
    await reader.close();
  }
}

/** How a tensor is cut: so many pieces, and the shape of each. */
function piecesOf(
  { name, shape }: SafetensorsInfo,
  atOnce: number | undefined,
): { pieces: number; shapeOf: (piece: number) => readonly number[] } {
  const [rows = 1, ...rest] = shape;
  if (atOnce === undefined || shape.length === 0 || rows === 0) return { pieces: 1, shapeOf: () => shape };
  if (!(Number.isSafeInteger(atOnce) && atOnce > 0)) {
    throw new SafetensorsError(
      `rows of tensor "${name}" is ${atOnce}; it must be a whole number of at least 1.`,
    );
  }
  const shapeOf = (piece: number) => [Math.min(atOnce, rows - piece * atOnce), ...rest];
  return { pieces: Math.ceil(rows / atOnce), shapeOf };
}

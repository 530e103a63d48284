import { checkOptions } from "@llm/platform/options";
import { SafetensorsError } from "../errors.js";
import { type SafetensorsTensor, tensorOf } from "./file.js";
import { headerLength, parseHeader, type SafetensorsHeader, type SafetensorsInfo } from "./header.js";
import type { SafetensorsReadOptions } from "./values.js";

/** Bytes that can be read from any place: a file, or a URL whose server answers ranges. */
export interface SafetensorsSource {
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset` on. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/**
 * A safetensors file with only its header read. Nothing is kept of the tensors that are read from it; closing
 * what lies under the source is its maker's.
 */
export class SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  /** Every tensor by name, in the order of the data. */
  readonly tensors: ReadonlyMap<string, SafetensorsInfo>;
  readonly #source: SafetensorsSource;
  readonly #start: number;

  /** @internal Made by `openSafetensors`. */
  constructor(source: SafetensorsSource, start: number, header: SafetensorsHeader) {
    this.metadata = header.metadata;
    this.tensors = new Map(header.tensors.map((info) => [info.name, info]));
    this.#source = source;
    this.#start = start;
  }

  /**
   * Reads one tensor, and no other byte.
   * @throws {SafetensorsError} when there is none of this name, or its type cannot be read here
   */
  async read(name: string, options: SafetensorsReadOptions = {}): Promise<SafetensorsTensor> {
    const info = this.tensors.get(name);
    if (!info) {
      const names = [...this.tensors.keys()];
      throw new SafetensorsError(
        `There is no tensor "${name}" in the file; it has ${names.length}: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", .." : ""}.`,
      );
    }
    const bytes = await readExactly(this.#source, this.#start + info.offset, info.bytes);
    return tensorOf(info, bytes, options);
  }

  /** Reads the tensors one after another, in the order of the data. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[string, SafetensorsTensor], void, undefined> {
    for (const name of this.tensors.keys()) yield [name, await this.read(name)];
  }
}

async function readExactly(source: SafetensorsSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = length === 0 ? new Uint8Array(0) : await source.read(offset, length);
  if (bytes.length !== length) {
    throw new SafetensorsError(
      `The source gave ${bytes.length} bytes where ${length} at offset ${offset} were asked for. Was the file cut short since it was opened?`,
    );
  }
  return bytes;
}

/**
 * Reads and checks the header of a safetensors file, and leaves the tensors where they are until they are asked for.
 * The source is a Blob (a File), the bytes themselves, a URL through `rangeSource`, or anything with `size` and `read`.
 * An open file in Node: `{ size: (await handle.stat()).size, read: async (offset, length) => (await handle.read(
 * new Uint8Array(length), 0, length, offset)).buffer }`.
 * @throws {SafetensorsError} when the header does not describe exactly the bytes there are
 */
export async function openSafetensors(
  source: Blob | Uint8Array | SafetensorsSource,
): Promise<SafetensorsFile> {
  const from = sourceOf(source);
  const length = headerLength(await readExactly(from, 0, Math.min(8, from.size)), from.size);
  const start = 8 + length;
  const header = parseHeader(await readExactly(from, 8, length), from.size - start);
  return new SafetensorsFile(from, start, header);
}

function sourceOf(source: Blob | Uint8Array | SafetensorsSource): SafetensorsSource {
  if (source instanceof Uint8Array) {
    return { size: source.length, read: (offset, length) => source.subarray(offset, offset + length) };
  }
  if (source instanceof Blob) {
    return {
      size: source.size,
      read: async (offset, length) =>
        new Uint8Array(await source.slice(offset, offset + length).arrayBuffer()),
    };
  }
  return source;
}

/**
 * A file behind a URL, read by HTTP range requests (RFC 9110, section 14): one for its size, then one a read.
 * @throws {SafetensorsError} when the server does not answer ranges, or the file changes in between
 */
export async function rangeSource(
  url: string | URL,
  options: {
    /** Default: `globalThis.fetch`. */
    fetch?: (url: string | URL, init: RequestInit) => Promise<Response>;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  } = {},
): Promise<SafetensorsSource> {
  checkOptions(
    "rangeSource",
    options,
    { fetch: "function", headers: "object", signal: "signal" },
    (message) => new SafetensorsError(message),
  );
  const { fetch: get = globalThis.fetch, headers, signal = null } = options;
  const request = async (offset: number, length: number) => {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const response = await get(url, { headers: { ...headers, range }, signal });
    const [, first, total] =
      /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "") ?? [];
    if (response.status !== 206 || Number(first) !== offset) {
      await response.body?.cancel();
      throw new SafetensorsError(
        `${url} answered ${response.status} to a request for ${range}, where 206 and its range are needed. Download the file, or read it as a stream with decodeSafetensors.`,
      );
    }
    return { response, size: Number(total) };
  };
  const { response, size } = await request(0, 1);
  await response.body?.cancel();
  return {
    size,
    async read(offset, length) {
      const answer = await request(offset, length);
      if (answer.size !== size) {
        await answer.response.body?.cancel();
        throw new SafetensorsError(`${url} changed from ${size} to ${answer.size} bytes. Open it again.`);
      }
      return new Uint8Array(await answer.response.arrayBuffer());
    },
  };
}

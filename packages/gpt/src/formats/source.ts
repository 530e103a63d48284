import { openBytes } from "#files";
import type { ByteSource } from "../byte-source.js";
import { OptionsError, WeightsError } from "../errors.js";

/** A file of another format: its path (in the browser: its URL), its bytes, or a Blob such as a File. */
export type FormatFile = string | Uint8Array | Blob;

/**
 * Opens a file to be read at any place.
 * @param of the function it is an argument of, for messages
 */
export async function openSource(file: FormatFile, of: string): Promise<ByteSource> {
  const close = async () => {};
  if (file instanceof Uint8Array) {
    const read = async (offset: number, length: number) => file.subarray(offset, offset + length);
    return { name: "the file", size: file.length, read, close };
  }
  if (file instanceof Blob) {
    const read = async (offset: number, length: number) =>
      new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
    return { name: "name" in file ? String(file.name) : "the file", size: file.size, read, close };
  }
  if (typeof file !== "string") {
    throw new OptionsError(`the file of ${of} is ${String(file)}; it must be a path, bytes or a Blob`);
  }
  return openBytes(file).catch((cause: unknown) => {
    throw new WeightsError(`cannot open "${file}"; ${of} takes the path of a file, its bytes or a Blob`, {
      cause,
    });
  });
}

/** Exactly `length` bytes. @throws {WeightsError} where the file ends before */
export async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = length === 0 ? new Uint8Array(0) : await source.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new WeightsError(
    `${source.name} ends at ${offset + bytes.length} where ${length} bytes from ${offset} on were expected; it was cut short: copy or download it again`,
  );
}

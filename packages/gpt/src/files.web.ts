import { rangeSource, SafetensorsError } from "@llm/tensor";
import type { ByteSource } from "./byte-source.js";
import { WeightsError } from "./errors.js";

const urlOf = (folder: string, name: string) => `${folder.replace(/\/$/, "")}/${name}`;

async function request(folder: string, name: string): Promise<Response> {
  const url = urlOf(folder, name);
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url}: HTTP status ${response.status}`);
  }
  return response;
}

/** Whether there is a file of this name beside the others. */
export async function hasModelFile(folder: string, name: string): Promise<boolean> {
  return (await fetch(urlOf(folder, name), { method: "HEAD" }).catch(() => null))?.ok ?? false;
}

/** Fetches one file of a model folder, given as a URL. */
export async function readModelFile(folder: string, name: string): Promise<Uint8Array> {
  return new Uint8Array(await (await request(folder, name)).arrayBuffer());
}

/** The same, to be read in pieces as they come. */
export async function openModelFile(folder: string, name: string): Promise<ReadableStream<Uint8Array>> {
  const { body } = await request(folder, name);
  return body ?? new Blob().stream();
}

/** Nothing is saved here that could be unfinished. */
export async function finishSave(_folder: string): Promise<void> {}

/** Opens a URL to be read at any place: by ranges where its server answers them, otherwise as a whole. */
export async function openBytes(url: string): Promise<ByteSource> {
  const close = async () => {};
  try {
    const { size, read } = await rangeSource(url);
    return { name: url, size, read: async (offset, length) => read(offset, length), close };
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    const response = await fetch(url);
    if (!response.ok) throw new WeightsError(`${url}: HTTP status ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return {
      name: url,
      size: bytes.length,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close,
    };
  }
}

/** A browser has no file to write to. */
export async function writeModelFile(path: string, _content: AsyncIterable<Uint8Array>): Promise<void> {
  throw new WeightsError(`cannot write "${path}" without a file system; write to a WritableStream`);
}

/** A browser has no folder to write to. */
export async function writeModelFiles(
  folder: string,
  _files: Readonly<Record<string, Iterable<Uint8Array> | AsyncIterable<Uint8Array>>>,
): Promise<void> {
  throw new WeightsError(
    `cannot write to "${folder}" without a file system; take toFiles() and store its bytes`,
  );
}

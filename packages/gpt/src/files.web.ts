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

/** A browser has no folder to write to. */
export async function writeModelFiles(
  folder: string,
  _files: Readonly<Record<string, Iterable<Uint8Array> | AsyncIterable<Uint8Array>>>,
): Promise<void> {
  throw new WeightsError(
    `cannot write to "${folder}" without a file system; take toFiles() and store its bytes`,
  );
}

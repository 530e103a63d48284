import { WeightsError } from "./errors.js";

/** Fetches one file of a model folder, given as a URL. */
export async function readModelFile(folder: string, name: string): Promise<Uint8Array> {
  const url = `${folder.replace(/\/$/, "")}/${name}`;
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url}: HTTP status ${response.status}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** A browser has no folder to write to. */
export async function writeModelFiles(
  folder: string,
  _files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  throw new WeightsError(
    `cannot write to "${folder}" without a file system; take toFiles() and store its bytes`,
  );
}

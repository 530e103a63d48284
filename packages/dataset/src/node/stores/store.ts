import type { SourceFile } from "../../step.js";

/** A place that files are read from. */
export interface Store {
  /**
   * The files that a path, a folder or a pattern stands for, sorted.
   *
   * @throws MissingPathError
   */
  find(path: string, signal?: AbortSignal): Promise<readonly SourceFile[]>;
  /** @throws RemoteFileError */
  open(path: string, signal?: AbortSignal): StoredFile;
}

/** A file in a store; nothing is read until it is asked for. */
export interface StoredFile {
  /** All bytes, in order. */
  bytes(): AsyncIterable<Uint8Array>;
  /** In bytes. */
  size(): Promise<number>;
  /** The bytes from `start` to before `end`. */
  slice(start: number, end: number): Promise<Uint8Array>;
}

import type { Writable } from "node:stream";

/** A stream to write to; a terminal knows its width. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

/** What a command reads from and writes to: the process's own streams, or a test's. */
export interface Io {
  stdin: AsyncIterable<Uint8Array>;
  /** Results, and nothing else. */
  stdout: Output;
  /** Progress and errors. */
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** Writes, and waits until it is written: a slow reader slows the writer, and one that has gone is an EPIPE here. */
export function write(stream: Writable, data: string | Uint8Array): Promise<void> {
  if (data.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()));
  });
}

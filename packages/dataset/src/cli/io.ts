import type { Writable } from "node:stream";

/** What a command reads from and writes to. */
export interface Io {
  stdin: AsyncIterable<Uint8Array>;
  /** Results, and nothing else. */
  stdout: Writable;
  /** Progress and errors. */
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Writes, and waits until it is written: a slow reader slows the writer, and one that has gone is an EPIPE here. */
export function write(stream: Writable, data: string | Uint8Array): Promise<void> {
  if (data.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()));
  });
}

import { createReadStream } from "node:fs";
import { type Io, UsageError } from "@llm/platform/command";

const CHUNK = 1 << 18;

/** A file or stdin, to be read once. */
export interface Input {
  /** "-" for stdin. */
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

/** The files in turn; stdin where there are none, and for "-". */
export function* inputs(files: readonly string[], io: Io): Generator<Input> {
  for (const name of files.length > 0 ? files : ["-"]) {
    const bytes = name === "-" ? io.stdin : createReadStream(name, { highWaterMark: CHUNK });
    yield { name, bytes: interruptible(naming(name, bytes), io.signal) };
  }
}

/** Says which one is a folder: the system's own error does not. */
async function* naming(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
    throw new UsageError(`${name} is a folder: name the files in it.`);
  }
}

async function* interruptible(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const reader = bytes[Symbol.asyncIterator]();
  let abort = () => {};
  // A terminal or a pipe may never say anything again: the wait ends with the signal, not with the next chunk.
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  aborted.catch(() => {});
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    if (signal.aborted) void reader.return?.();
    else await reader.return?.();
  }
}

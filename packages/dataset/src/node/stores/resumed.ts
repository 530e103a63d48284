import { setTimeout as sleep } from "node:timers/promises";

/** A remote file that could not be read. */
export class RemoteFileError extends Error {
  override readonly name = "RemoteFileError";
  readonly path: string;
  /** HTTP status, where the store answered with one. */
  readonly status: number | undefined;

  constructor(path: string, problem: string, options: { status?: number | undefined; cause?: unknown } = {}) {
    super(`${path}: ${problem}`, { cause: options.cause });
    this.path = path;
    this.status = options.status;
  }
}

/** How often a dropped connection is taken up again. */
export interface RetryOptions {
  /** Tries without a single new byte after which reading fails. Default 6. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second try, doubled for each one after. Default 500. */
  readonly delay?: number | undefined;
}

/** Bytes `start` to before `end` of a remote file, or all to its end. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number | undefined;
}

/**
 * The bytes of a range, going on where a connection broke off.
 *
 * @throws RemoteFileError
 */
export async function* resumed(
  path: string,
  open: (range: ByteRange) => Promise<AsyncIterable<Uint8Array>>,
  { start, end }: ByteRange,
  { attempts = 6, delay = 500 }: RetryOptions,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = start, failures = 0; end === undefined || at < end; ) {
    try {
      for await (const chunk of await open({ start: at, end })) {
        at += chunk.length;
        if (chunk.length > 0) failures = 0;
        yield chunk;
      }
      if (end === undefined || at >= end) return;
      throw new Error(`it ended ${end - at} bytes early`);
    } catch (error) {
      signal?.throwIfAborted();
      const status = statusOf(error);
      if (!isTransient(status)) throw remote(path, error, status);
      if (++failures >= attempts) throw remote(path, error, status, ` (tried ${attempts} times)`);
    }
    await sleep(delay * 2 ** (failures - 1), undefined, { signal });
  }
}

/** The answer to one request, tried again like the others. */
export async function retried<T>(
  path: string,
  ask: () => Promise<T>,
  options: RetryOptions,
  signal?: AbortSignal,
): Promise<T> {
  let answer: T | undefined;
  const open = async () => {
    answer = await ask();
    return nothing();
  };
  for await (const _ of resumed(path, open, { start: 0 }, options, signal));
  return answer!;
}

/** No bytes. */
export async function* nothing(): AsyncGenerator<Uint8Array> {}

/** All bytes of a range, joined. */
export async function collected(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** What a store answered: it is in our errors, in those of Amazon's SDK and in those of the hub's library. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof RemoteFileError) return error.status;
  const found = error as { statusCode?: number; $metadata?: { httpStatusCode?: number } } | undefined;
  return found?.$metadata?.httpStatusCode ?? found?.statusCode;
}

/** A refusal stays one; overload, a broken server and a broken connection may pass. */
function isTransient(status: number | undefined): boolean {
  return status === undefined || status < 400 || status === 408 || status === 429 || status >= 500;
}

function remote(path: string, error: unknown, status: number | undefined, tried = ""): RemoteFileError {
  if (error instanceof RemoteFileError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const problem = `${error instanceof Error ? error.message : error}${cause}${tried}`;
  return new RemoteFileError(path, problem, { status, cause: error });
}

import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";

/** The disk refused to take more; what was begun has been removed, what was there before is as it was. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
  /** The file that was being written. */
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`no space left to write ${path}: free some, or write to another disk`, { cause });
    this.path = path;
  }
}

const bufferBytes = 2 ** 20;

/** A file that is written beside its place (`.tmp`) and appears there whole, on `commit`, or not at all. */
export class AtomicFile {
  readonly path: string;
  private readonly temporary: string;
  private readonly handle: FileHandle;
  private readonly hash: Hash = createHash("sha256");
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private state: "open" | "closed" | "done" = "open";

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.temporary = `${path}.tmp`;
    this.handle = handle;
  }

  static async create(path: string): Promise<AtomicFile> {
    return new AtomicFile(path, await guarded(path, () => open(`${path}.tmp`, "w")));
  }

  /** Takes bytes, which must stay as they are; they go to the file in large pieces. */
  async write(bytes: Uint8Array): Promise<void> {
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= bufferBytes) await this.flush();
  }

  /** Flushes to the disk and closes; the file is still beside its place. Answers the SHA-256 of what it holds. */
  async close(): Promise<string> {
    await this.flush();
    await guarded(this.path, () => this.handle.sync());
    await this.handle.close();
    this.state = "closed";
    return this.hash.digest("hex");
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    this.hash.update(bytes);
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await guarded(this.path, () => this.handle.write(bytes, at));
      at += bytesWritten;
    }
  }

  /** Moves the closed file to its place. */
  async commit(): Promise<void> {
    await guarded(this.path, () => rename(this.temporary, this.path));
    this.state = "done";
  }

  /** Removes what was written beside; harmless after `commit`. */
  async discard(): Promise<void> {
    if (this.state === "open") await this.handle.close().catch(() => {});
    if (this.state !== "done") await rm(this.temporary, { force: true });
    this.state = "done";
  }
}

/** Makes the renames in a folder last through a power cut, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOSPC" || code === "EDQUOT") throw new DiskFullError(path, error);
    throw error;
  }
}

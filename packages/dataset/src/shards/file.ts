import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { naming, syncFolder } from "@llm/platform/durable";

/** An output that cannot go on from a checkpoint, because what the checkpoint counts on is not there. */
export class ResumeError extends Error {
  override readonly name = "ResumeError";
  readonly path: string;

  constructor(path: string, wanted: number, found: number) {
    super(`${path} holds ${found} bytes where the checkpoint has ${wanted}: begin this output anew`);
    this.path = path;
  }
}

const bufferBytes = 2 ** 20;

/** A file that is written beside its place (`.part`) and appears there whole, on `commit`, or not at all. */
export class AtomicFile {
  readonly path: string;
  private readonly aside: string;
  private readonly handle: FileHandle;
  private readonly hash: Hash | undefined;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  /** Bytes in the file, without those that wait. */
  private written = 0;
  private state: "open" | "closed" | "done" = "open";

  private constructor(path: string, handle: FileHandle, hashed: boolean) {
    this.path = path;
    this.aside = `${path}.part`;
    this.handle = handle;
    this.hash = hashed ? createHash("sha256") : undefined;
  }

  /** Begins the file, and the folders above it. `hashed` says that its SHA-256 is wanted. */
  static async create(path: string, { hashed = false } = {}): Promise<AtomicFile> {
    await mkdir(dirname(path), { recursive: true });
    return new AtomicFile(path, await naming(path, () => open(`${path}.part`, "w")), hashed);
  }

  /**
   * Goes on behind the first `bytes` of what was written, beside its place or already there.
   *
   * @throws ResumeError when there are fewer
   */
  static async resume(path: string, bytes: number, { hashed = false } = {}): Promise<AtomicFile> {
    const aside = `${path}.part`;
    const size = await sizeOf(aside);
    const found = size ?? (await sizeOf(path)) ?? 0;
    if (found < bytes) throw new ResumeError(path, bytes, found);
    if (size === undefined && bytes > 0) await naming(path, () => rename(path, aside));
    const handle = await naming(path, () => open(aside, size === undefined && bytes === 0 ? "w+" : "r+"));
    const file = new AtomicFile(path, handle, hashed);
    try {
      await naming(path, () => handle.truncate(bytes));
      file.written = bytes;
      if (file.hash && bytes > 0) {
        const stream = handle.createReadStream({ start: 0, autoClose: false });
        for await (const chunk of stream) file.hash.update(chunk as Uint8Array);
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    return file;
  }

  /** Bytes taken so far. */
  get bytes(): number {
    return this.written + this.pendingBytes;
  }

  /** Takes bytes, which must stay as they are; they go to the file in large pieces. */
  async write(bytes: Uint8Array): Promise<void> {
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= bufferBytes) await this.flush();
  }

  /** Writes over the first bytes of the file. Not for a hashed one. */
  async writeStart(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.writeAll(bytes, 0);
  }

  /** Everything so far is on the disk when this answers. */
  async sync(): Promise<void> {
    await this.flush();
    await naming(this.path, () => this.handle.sync());
  }

  /** Flushes to the disk and closes; the file is still beside its place. Answers the SHA-256 of a hashed file, else "". */
  async close(): Promise<string> {
    await this.sync();
    await this.handle.close();
    this.state = "closed";
    return this.hash?.digest("hex") ?? "";
  }

  /** Closes the file and moves it to its place, to stay there. */
  async finish(): Promise<void> {
    await this.close();
    await this.commit();
    await syncFolder(dirname(this.path));
  }

  /** Moves the closed file to its place. */
  async commit(): Promise<void> {
    await naming(this.path, () => rename(this.aside, this.path));
    this.state = "done";
  }

  /** Closes and leaves what was written beside; harmless at any time. */
  async leave(): Promise<void> {
    if (this.state === "open") await this.handle.close().catch(() => {});
    if (this.state === "open") this.state = "closed";
  }

  /** Removes what was written beside; harmless after `commit`. */
  async discard(): Promise<void> {
    await this.leave();
    if (this.state !== "done") await rm(this.aside, { force: true });
    this.state = "done";
  }

  private async flush(): Promise<void> {
    if (this.pendingBytes === 0) return;
    const bytes = this.pending.length === 1 ? this.pending[0]! : Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    this.hash?.update(bytes);
    await this.writeAll(bytes, this.written);
    this.written += bytes.length;
  }

  private async writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await naming(this.path, () =>
        this.handle.write(bytes, at, bytes.length - at, position + at),
      );
      at += bytesWritten;
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { endianness } from "node:os";
import { basename, join } from "node:path";
import { check } from "../check.js";
import { LLMC_HEADER_BYTES, parseLlmcHeader } from "./llmc.js";
import { readManifest } from "./manifest.js";

/** A file of tokens that does not hold what it should. */
export class TokenFileError extends Error {
  override readonly name = "TokenFileError";
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}

/** Options of `readTokens`. */
export interface ReadTokensOptions {
  /** The token that cuts a `.bin` into documents; these files do not say it. Default 50256, GPT-2's `<|endoftext|>`. */
  readonly separator?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The documents of a folder of token shards, or of one file of datatrove (`.ds`), llm.c or nanoGPT (`.bin`), as the ids that are
 * stored, separators included: one after the other they are the file. A document is held in memory, the file is not.
 *
 * @throws ManifestError, TokenFileError
 */
export async function* readTokens(
  path: string,
  options: ReadTokensOptions = {},
): AsyncGenerator<Uint16Array | Uint32Array> {
  check("readTokens", options, { separator: "number", signal: "signal" });
  const { separator = 50_256, signal } = options;
  if ((await stat(path)).isDirectory()) {
    const { shards, dtype } = await readManifest(path);
    const width = dtype === "uint16" ? 2 : 4;
    for (const { tokens, index } of shards)
      yield* readIndexed(join(path, tokens), join(path, index), width, signal);
  } else if (path.endsWith(".ds")) {
    yield* readIndexed(path, `${path}.index`, await widthOfDs(path), signal);
  } else yield* readBin(path, separator, signal);
}

/** datatrove's metadata begins with `<tokenizer>|<bytes per token>`; files without are of two bytes, its default. */
async function widthOfDs(path: string): Promise<2 | 4> {
  const metadata = await readFile(`${path}.metadata`, "utf8").catch(() => "");
  return /\|4$/.test(metadata.split("\n")[0]!) ? 4 : 2;
}

async function* readIndexed(
  path: string,
  indexPath: string,
  width: 2 | 4,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint16Array | Uint32Array> {
  const index = new Uint8Array(await readFile(indexPath));
  if (index.length % 8 !== 0) throw new TokenFileError(indexPath, "is cut short");
  const view = new DataView(index.buffer);
  const ends = index.length / 8;
  const file = await TokenFile.open(path, width, 0);
  try {
    const last = ends === 0 ? 0 : Number(view.getBigUint64(8 * (ends - 1), true));
    if (last !== file.count)
      throw new TokenFileError(path, `holds ${file.count} tokens, ${basename(indexPath)} ends at ${last}`);
    for (let i = 0, start = 0; i < ends; i++) {
      signal?.throwIfAborted();
      const end = Number(view.getBigUint64(8 * i, true));
      if (end < start || end > last)
        throw new TokenFileError(indexPath, `document ${i} ends at ${end}, which cannot be`);
      yield await file.read(start, end);
      start = end;
    }
  } finally {
    await file.close();
  }
}

async function* readBin(
  path: string,
  separator: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint16Array | Uint32Array> {
  const header = await headerOf(path);
  const file = await TokenFile.open(path, header?.width ?? 2, header ? LLMC_HEADER_BYTES : 0);
  try {
    if (header && header.tokens !== file.count)
      throw new TokenFileError(path, `holds ${file.count} tokens, its header says ${header.tokens}`);
    // llm.c begins a document with the separator, nanoGPT ends it so.
    const after = header ? 0 : 1;
    for (let start = 0; start < file.count; ) {
      signal?.throwIfAborted();
      const end = await file.find(separator, start + 1 - after, after);
      yield await file.read(start, end);
      start = end;
    }
  } finally {
    await file.close();
  }
}

async function headerOf(path: string) {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(LLMC_HEADER_BYTES), 0, LLMC_HEADER_BYTES, 0);
    return parseLlmcHeader(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

const windowTokens = 2 ** 18;

/** Tokens at their places in an open file, through a window that moves along with the reading. */
class TokenFile {
  /** Tokens in the file. */
  readonly count: number;
  private readonly handle: FileHandle;
  private readonly path: string;
  private readonly width: 2 | 4;
  private readonly offset: number;
  private window: Uint16Array | Uint32Array = new Uint16Array(0);
  private windowStart = 0;

  private constructor(handle: FileHandle, path: string, width: 2 | 4, offset: number, count: number) {
    this.handle = handle;
    this.path = path;
    this.width = width;
    this.offset = offset;
    this.count = count;
  }

  static async open(path: string, width: 2 | 4, offset: number): Promise<TokenFile> {
    const handle = await open(path, "r");
    const { size } = await handle.stat();
    if ((size - offset) % width !== 0) {
      await handle.close();
      throw new TokenFileError(path, `${size - offset} bytes are no number of ${width}-byte tokens`);
    }
    return new TokenFile(handle, path, width, offset, (size - offset) / width);
  }

  /** The tokens from `start` to before `end`, a copy. */
  async read(start: number, end: number): Promise<Uint16Array | Uint32Array> {
    if (start === end) return this.width === 2 ? new Uint16Array(0) : new Uint32Array(0);
    const isHere = start >= this.windowStart && end <= this.windowStart + this.window.length;
    if (!isHere) await this.load(start, Math.max(end - start, windowTokens));
    return this.window.slice(start - this.windowStart, end - this.windowStart);
  }

  /** Where `token` is, at `start` or later, plus `shift`; the file's end where it is not. */
  async find(token: number, start: number, shift: number): Promise<number> {
    for (let at = start; at < this.count; ) {
      const isHere = at >= this.windowStart && at < this.windowStart + this.window.length;
      if (!isHere) await this.load(at, windowTokens);
      const found = this.window.indexOf(token, at - this.windowStart);
      if (found >= 0) return this.windowStart + found + shift;
      at = this.windowStart + this.window.length;
    }
    return this.count;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async load(start: number, wanted: number): Promise<void> {
    const bytes = Buffer.alloc(Math.min(wanted, this.count - start) * this.width);
    for (let at = 0; at < bytes.length; ) {
      const place = this.offset + start * this.width + at;
      const { bytesRead } = await this.handle.read(bytes, at, bytes.length - at, place);
      if (bytesRead === 0) throw new TokenFileError(this.path, "ended early; it changed while it was read");
      at += bytesRead;
    }
    if (endianness() === "BE") this.width === 2 ? bytes.swap16() : bytes.swap32();
    const length = bytes.length / this.width;
    this.window =
      this.width === 2
        ? new Uint16Array(bytes.buffer, bytes.byteOffset, length)
        : new Uint32Array(bytes.buffer, bytes.byteOffset, length);
    this.windowStart = start;
  }
}

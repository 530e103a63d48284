import { promisify } from "node:util";
import zlib from "node:zlib";
import { peer } from "../peer.js";

/** How a written file is compressed: `"zstd"` takes Node 22.15 or the package `@bokuweb/zstd-wasm`. */
export type Compression = "none" | "gzip" | "zstd";

/** Makes one block of bytes a gzip member or a zstd frame of its own; a file of several is again such a file. */
export type Compress = (block: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** What a file's name ends in after its format's extension. */
export const COMPRESSION_EXTENSIONS: Readonly<Record<Compression, string>> = {
  none: "",
  gzip: ".gz",
  zstd: ".zst",
};

interface NativeZstd {
  zstdCompress?(block: Uint8Array, done: (error: Error | null, bytes: Uint8Array) => void): void;
}

/** @throws MissingPackageError where zstd cannot be written here */
export async function compressor(compression: Compression): Promise<Compress> {
  if (compression === "none") return (block) => block;
  if (compression === "gzip") return promisify<Uint8Array, Uint8Array>(zlib.gzip);
  const { zstdCompress } = zlib as NativeZstd;
  if (zstdCompress) return promisify(zstdCompress);
  wasmZstd ??= loadWasmZstd();
  return wasmZstd;
}

/** Loaded once: to initialise it again breaks what is under way. */
let wasmZstd: Promise<Compress> | undefined;

async function loadWasmZstd(): Promise<Compress> {
  const { compress, init } = await peer(
    "@bokuweb/zstd-wasm",
    "Writing zstd on a Node below 22.15",
    (missing) => import("@bokuweb/zstd-wasm").catch(missing),
  );
  await init();
  return (block) => compress(block);
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { reading } from "./reading.js";

interface Manifest {
  dtype: "uint16" | "uint32";
  tokens: number;
  documents: number;
  shards: { tokens: string; index: string; documents: number }[];
}

/** A split in memory: all its tokens, and where each document ends. */
export interface Split {
  tokens: Uint32Array;
  ends: number[];
}

/** Reads a folder of token shards whole: the demo's are small. */
export async function readSplit(folder: string): Promise<Split> {
  const path = join(folder, "manifest.json");
  const manifest = await reading(path, async () => JSON.parse(await readFile(path, "utf8")) as Manifest);
  const tokens = new Uint32Array(manifest.tokens);
  const ends: number[] = [];
  let at = 0;
  for (const shard of manifest.shards) {
    const index = await readFile(join(folder, shard.index));
    for (let i = 0; i < shard.documents; i++) ends.push(at + Number(index.readBigUInt64LE(8 * i)));
    const bytes = await readFile(join(folder, shard.tokens));
    const width = manifest.dtype === "uint16" ? 2 : 4;
    for (let i = 0; i < bytes.length; i += width) tokens[at++] = bytes.readUIntLE(i, width);
  }
  return { tokens, ends };
}

import { crc32 } from "@llm/platform/crc32";
import { WeightsError } from "../../errors.js";

/** A file to be put in an archive. */
export interface ZipContent {
  readonly name: string;
  bytes(): Uint8Array | Promise<Uint8Array>;
}

/** As torch.save aligns the numbers of tensors, so that they can be mapped into memory. */
const ALIGNMENT = 64;
const FULL = 0xffffffff;

/** An archive of files that are stored as they are, one after the other, with a directory for more than 4 GB. */
export async function* encodeZip(files: Iterable<ZipContent>): AsyncGenerator<Uint8Array, void, undefined> {
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const content = await bytes();
    if (content.length >= FULL)
      throw new WeightsError(`${name} has 4 GB or more, which is too large for a checkpoint`);
    const title = new TextEncoder().encode(name);
    const start = offset + 30 + title.length + 4;
    const padding = 4 + ((ALIGNMENT - (start % ALIGNMENT)) % ALIGNMENT);
    const sum = crc32(content);
    const shared = { sum, size: content.length, title };
    yield local(shared, padding);
    yield content;
    directory.push(central(shared, offset));
    offset += 30 + title.length + padding + content.length;
  }
  for (const entry of directory) yield entry;
  const size = directory.reduce((total, { length }) => total + length, 0);
  yield end(directory.length, size, offset);
}

interface Entry {
  readonly sum: number;
  readonly size: number;
  readonly title: Uint8Array;
}

function local({ sum, size, title }: Entry, padding: number): Uint8Array {
  const out = new Bytes(30 + title.length + padding);
  out.u32(0x04034b50).u16(20).u16(0x0800).u16(0).u32(0).u32(sum).u32(size).u32(size);
  out.u16(title.length).u16(padding).bytes(title);
  out.u16(0x4246).u16(padding - 4); // what torch names its padding
  return out.all;
}

function central({ sum, size, title }: Entry, offset: number): Uint8Array {
  const isFar = offset >= FULL;
  const out = new Bytes(46 + title.length + (isFar ? 12 : 0));
  out.u32(0x02014b50).u16(45).u16(45).u16(0x0800).u16(0).u32(0).u32(sum).u32(size).u32(size);
  out
    .u16(title.length)
    .u16(isFar ? 12 : 0)
    .u16(0)
    .u16(0)
    .u16(0)
    .u32(0)
    .u32(isFar ? FULL : offset);
  out.bytes(title);
  if (isFar) out.u16(1).u16(8).u64(offset);
  return out.all;
}

/** The end of the directory, in its long form and in its short one. */
function end(count: number, size: number, offset: number): Uint8Array {
  const out = new Bytes(56 + 20 + 22);
  out.u32(0x06064b50).u64(44).u16(45).u16(45).u32(0).u32(0).u64(count).u64(count).u64(size).u64(offset);
  out
    .u32(0x07064b50)
    .u32(0)
    .u64(offset + size)
    .u32(1);
  const few = Math.min(count, 0xffff);
  out.u32(0x06054b50).u16(0).u16(0).u16(few).u16(few);
  out.u32(Math.min(size, FULL)).u32(Math.min(offset, FULL)).u16(0);
  return out.all;
}

/** Little-endian numbers, one after the other. */
class Bytes {
  readonly all: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.all = new Uint8Array(length);
    this.#view = new DataView(this.all.buffer);
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  u64(value: number): this {
    this.#view.setBigUint64(this.#at, BigInt(value), true);
    this.#at += 8;
    return this;
  }

  bytes(values: Uint8Array): this {
    this.all.set(values, this.#at);
    this.#at += values.length;
    return this;
  }
}

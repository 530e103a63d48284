// The part of ZIP that torch.save writes: files that are stored as they are, found through the directory at the end.
import type { ByteSource } from "../../byte-source.js";
import { WeightsError } from "../../errors.js";
import { readExactly } from "../source.js";

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Where its local header begins. */
  readonly header: number;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** The end's record, and the longest comment behind it. */
const TAIL = 22 + 0xffff;
/** Far more than the names of any checkpoint's tensors take. */
const MAX_DIRECTORY = 1 << 26;
const FULL = 0xffffffff;

/** Reads the names and places of all files. @throws {WeightsError} for what is no such archive, or only the start of one */
export async function readDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const { offset, size } = await findDirectory(source);
  if (offset + size > source.size || size > MAX_DIRECTORY) {
    throw broken(source, `its directory of ${size} bytes at ${offset} is not inside it`);
  }
  const view = viewOf(await readExactly(source, offset, size));
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < size; ) {
    if (at + 46 > size || view.getUint32(at, true) !== CENTRAL)
      throw broken(source, "its directory is damaged");
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const end = at + 46 + lengths[0] + lengths[1] + lengths[2];
    if (end > size) throw broken(source, "its directory is damaged");
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, lengths[0]));
    if (view.getUint16(at + 10, true) !== 0 || (view.getUint16(at + 8, true) & 1) !== 0) {
      throw broken(
        source,
        `${JSON.stringify(name)} is compressed or encrypted, which torch.save does not do`,
      );
    }
    if (entries.has(name)) throw broken(source, `it has ${JSON.stringify(name)} twice`);
    entries.set(name, { name, ...placeOf(view, at, at + 46 + lengths[0], lengths[1]) });
    at = end;
  }
  return entries;
}

/** Where the content of a file begins. */
export async function startOf(source: ByteSource, entry: ZipEntry): Promise<number> {
  const view = viewOf(await readExactly(source, entry.header, 30));
  if (view.getUint32(0, true) !== LOCAL)
    throw broken(source, `${entry.name} is not where the directory says`);
  const start = entry.header + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + entry.size > source.size) throw broken(source, `${entry.name} goes beyond its end`);
  return start;
}

async function findDirectory(source: ByteSource): Promise<{ offset: number; size: number }> {
  const from = Math.max(0, source.size - TAIL);
  const view = viewOf(await readExactly(source, from, source.size - from));
  let at = view.byteLength - 22;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0)
    throw broken(source, "it has no directory at its end; was it cut short, or saved before torch 1.6?");
  const place = { size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) };
  const count = view.getUint16(at + 10, true);
  if (place.size !== FULL && place.offset !== FULL && count !== 0xffff) return place;
  if (at < 20 || view.getUint32(at - 20, true) !== LOCATOR64) return place;
  const record = viewOf(await readExactly(source, number64(view, at - 12), 56));
  if (record.getUint32(0, true) !== END64) throw broken(source, "its directory is damaged");
  return { size: number64(record, 40), offset: number64(record, 48) };
}

/** Size and place of a file; large numbers stand in an extra field. */
function placeOf(
  view: DataView,
  at: number,
  extra: number,
  length: number,
): { size: number; header: number } {
  let [size, header] = [view.getUint32(at + 24, true), view.getUint32(at + 42, true)];
  for (let field = extra; field + 4 <= extra + length; ) {
    const end = field + 4 + view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === 1) {
      let next = field + 4;
      const take = (now: number) => {
        if (now !== FULL || next + 8 > Math.min(end, extra + length)) return now;
        next += 8;
        return number64(view, next - 8);
      };
      size = take(size);
      take(view.getUint32(at + 20, true)); // the compressed size, which is the same
      header = take(header);
    }
    field = end;
  }
  return { size, header };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const number64 = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

function broken(source: ByteSource, why: string): WeightsError {
  return new WeightsError(`${source.name} is no whole file of torch.save: ${why}`);
}

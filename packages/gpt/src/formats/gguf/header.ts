// The head of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md): key-value pairs, and where each tensor is. No count or
// length of it is believed before the bytes for it are seen to be there.

import type { ByteSource } from "../../byte-source.js";
import { WeightsError } from "../../errors.js";
import { sizeOf } from "../../layout.js";
import { readExactly } from "../source.js";
import { type GGUFValue, Metadata, VALUE_TYPES } from "./metadata.js";
import { TENSOR_TYPES, type TensorType } from "./quantization.js";

/** A tensor of a file. */
export interface TensorInfo {
  readonly name: string;
  /** As ours: the last axis is contiguous. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** From the beginning of the file. */
  readonly offset: number;
  /** Its length in bytes. */
  readonly length: number;
}

/** The head of a file. */
export interface Header {
  readonly metadata: Metadata;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** Bytes that are read first; a head that is longer is read again with twice as many. */
const FIRST = 1 << 20;
/** No head is longer: vocabularies are some MB. */
const LONGEST = 1 << 29;

/** Reads the head of a file. @throws {WeightsError} when it is damaged, or of a kind that is not read here */
export async function readHeader(source: ByteSource): Promise<Header> {
  for (let length = FIRST; ; length *= 2) {
    const bytes = await readExactly(source, 0, Math.min(length, source.size));
    const header = parse(bytes, source);
    if (header) return header;
    if (length >= LONGEST)
      throw new WeightsError(`${source.name}: the head is longer than ${LONGEST} bytes; it is damaged`);
  }
}

/** The bytes at hand end before the head does. */
class Short extends Error {}

function parse(bytes: Uint8Array, source: ByteSource): Header | null {
  try {
    return headerOf(new Cursor(bytes, source), source);
  } catch (error) {
    if (error instanceof Short) return null;
    throw error;
  }
}

function headerOf(cursor: Cursor, source: ByteSource): Header {
  checkVersion(cursor, source);
  const tensorCount = cursor.count("the number of tensors", 24);
  const pairCount = cursor.count("the number of key-value pairs", 13);
  const pairs = new Map<string, GGUFValue>();
  for (let i = 0; i < pairCount; i++) {
    const key = cursor.text(`key ${i}`);
    if (pairs.has(key)) throw cursor.damaged(`${key} is there twice`);
    pairs.set(key, cursor.value(key, cursor.u32(key)));
  }
  const metadata = new Metadata(source.name, pairs);
  const alignment = metadata.number("general.alignment", 32);
  if (!Number.isSafeInteger(alignment) || alignment < 1 || (alignment & (alignment - 1)) !== 0) {
    metadata.refuse("general.alignment", "a power of two is needed");
  }
  const read = Array.from({ length: tensorCount }, (_, i) => tensorInfo(cursor, i, source));
  const start = Math.ceil(cursor.at / alignment) * alignment;
  return { metadata, tensors: placed(read, start, alignment, source) };
}

function checkVersion(cursor: Cursor, source: ByteSource): void {
  const refuse = (what: string, way: string) => {
    throw new WeightsError(`${source.name} is ${what}; ${way}`);
  };
  if (source.size < 24) refuse(`${source.size} bytes long`, "a GGUF file has at least 24; it was cut short");
  const magic = String.fromCharCode(...cursor.take(4, "the first bytes"));
  if (magic !== "GGUF") {
    const older = ["lmgg", "tjgg", "fmgg", "algg"].includes(magic);
    refuse(
      older ? "in a format that came before GGUF" : "no GGUF file",
      older ? "convert the model again with today's llama.cpp" : `it begins with ${JSON.stringify(magic)}`,
    );
  }
  const version = cursor.u32("version");
  if (version === 2 || version === 3) return;
  if (version >= 1 << 16) refuse("big-endian", "convert it with llama.cpp's gguf_convert_endian.py");
  refuse(
    `of GGUF version ${version}`,
    "2 and 3 are read here: convert the model again with today's llama.cpp",
  );
}

function tensorInfo(cursor: Cursor, index: number, source: ByteSource): TensorInfo {
  const name = cursor.text(`the name of tensor ${index}`);
  const axes = cursor.u32(name);
  if (axes < 1 || axes > 4)
    throw cursor.damaged(`tensor ${name} has ${axes} axes, where 1 to 4 are possible`);
  const extents = Array.from({ length: axes }, () => cursor.u64(name));
  const id = cursor.u32(name);
  const offset = cursor.u64(name);
  const type = TENSOR_TYPES.get(id);
  if (!type) {
    const known = [...TENSOR_TYPES.values()].map(({ name }) => name).join(", ");
    throw new WeightsError(
      `${source.name}: tensor ${name} is of type ${id}, which is not read here; known are ${known}: quantize the model to one of them with llama.cpp`,
    );
  }
  const values = sizeOf(extents);
  const [row] = extents as [number];
  if (values > Number.MAX_SAFE_INTEGER || extents.some((extent) => extent < 1) || row % type.values !== 0) {
    throw cursor.damaged(
      `tensor ${name} has the shape [${extents.toReversed()}] in ${type.name}, whose blocks hold ${type.values} values`,
    );
  }
  const length = (values / type.values) * type.bytes;
  return { name, shape: extents.toReversed(), type, offset, length };
}

/** Tensors by name, each checked to lie in the file, and none in another. */
function placed(
  read: readonly TensorInfo[],
  start: number,
  alignment: number,
  source: ByteSource,
): ReadonlyMap<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  let [end, last] = [start, "the head"];
  for (const info of read.toSorted((a, b) => a.offset - b.offset)) {
    const { name, length } = info;
    const offset = start + info.offset;
    const refuse = (fault: string) => {
      throw new WeightsError(`${source.name}: tensor ${name} ${fault}`);
    };
    if (tensors.has(name)) refuse("is there twice; the file is damaged");
    if (info.offset % alignment !== 0)
      refuse(`begins at ${offset}, no multiple of ${alignment}; the file is damaged`);
    if (offset < end) refuse(`begins at ${offset}, inside ${last}; the file is damaged`);
    if (offset + length > source.size) {
      refuse(
        `ends at ${offset + length}, and the file at ${source.size}; it was cut short: copy or download it again`,
      );
    }
    [end, last] = [offset + length, name];
    tensors.set(name, { ...info, offset });
  }
  return tensors;
}

/** Reads what a head is made of, one after the other. */
class Cursor {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #source: ByteSource;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // a token may be that mark

  constructor(bytes: Uint8Array, source: ByteSource) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#source = source;
  }

  damaged(fault: string): WeightsError {
    return new WeightsError(`${this.#source.name}: ${fault}; the file is damaged, or was cut short`);
  }

  /** Moves on, and answers where it was. */
  #skip(length: number, what: string): number {
    const from = this.at;
    if (from + length > this.#source.size) {
      throw this.damaged(`${what} needs ${length} bytes at ${from}, and the file has ${this.#source.size}`);
    }
    if (from + length > this.#bytes.length) throw new Short();
    this.at = from + length;
    return from;
  }

  take(length: number, what: string): Uint8Array {
    const from = this.#skip(length, what);
    return this.#bytes.subarray(from, from + length);
  }

  u32(what: string): number {
    return this.#view.getUint32(this.#skip(4, what), true);
  }

  u64(what: string): number {
    const value = this.#view.getBigUint64(this.#skip(8, what), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.damaged(`${what} has the number ${value}`);
    return Number(value);
  }

  /** A number of things that have at least so many bytes each. */
  count(what: string, bytes: number): number {
    const count = this.u64(what);
    if (count * bytes > this.#source.size - this.at) {
      throw this.damaged(`${what} is ${count}, more than ${this.#source.size} bytes hold`);
    }
    return count;
  }

  text(what: string): string {
    return this.#decoder.decode(this.take(this.u64(what), what));
  }

  value(key: string, type: number): GGUFValue {
    const view = this.#view;
    switch (VALUE_TYPES[type]) {
      case "u8":
        return view.getUint8(this.#skip(1, key));
      case "i8":
        return view.getInt8(this.#skip(1, key));
      case "u16":
        return view.getUint16(this.#skip(2, key), true);
      case "i16":
        return view.getInt16(this.#skip(2, key), true);
      case "u32":
        return this.u32(key);
      case "i32":
        return view.getInt32(this.#skip(4, key), true);
      case "f32":
        return shortest(view.getFloat32(this.#skip(4, key), true));
      case "f64":
        return view.getFloat64(this.#skip(8, key), true);
      case "bool":
        return view.getUint8(this.#skip(1, key)) !== 0;
      case "u64":
        return narrowed(view.getBigUint64(this.#skip(8, key), true));
      case "i64":
        return narrowed(view.getBigInt64(this.#skip(8, key), true));
      case "string":
        return this.text(key);
      case "array":
        return this.#array(key);
      default:
        throw this.damaged(`${key} is of type ${type}, where 0 to ${VALUE_TYPES.length - 1} are known`);
    }
  }

  #array(key: string): readonly GGUFValue[] {
    const type = this.u32(key);
    if (VALUE_TYPES[type] === "array") throw this.damaged(`${key} is a list of lists`);
    const count = this.count(`the length of ${key}`, VALUE_TYPES[type] === "string" ? 8 : 1);
    const values: GGUFValue[] = [];
    for (let i = 0; i < count; i++) values.push(this.value(key, type));
    return values;
  }
}

const narrowed = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

/** The decimal number that float32 stores as this one: 1e-5, not 0.000009999999747378752. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const near = Number(value.toPrecision(digits));
    if (Math.fround(near) === value) return near;
  }
  return value;
}

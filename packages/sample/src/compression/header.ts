// The form of a compressed file: magic, version, header and its checksum, what was coded and its checksum.

import { crc32 } from "@llm/platform/crc32";
import { CompressedFileError } from "./errors.js";

const MAGIC = [0x4c, 0x4c, 0x4d, 0x7a]; // "LLMz"
const VERSION = 1;

/** So many logits tell models and arithmetic apart. */
export const PROBES = 8;

/** What the coded part can be read with. */
export interface Coding {
  symbols: number;
  rows: number;
  overlap: number;
  prefixId: number;
  vocabSize: number;
  blockSize: number;
  /** Checksum of all tokens. */
  tokenizer: number;
  /** Some logits of the model, as this engine computed them. */
  probe: Float32Array;
  /** What the model and the engine were called. */
  name: string;
  engine: string;
}

/** A compressed file. */
export interface Compressed {
  /** Bytes of the original. */
  size: number;
  /** Checksum of the original. */
  original: number;
  /** Missing where the bytes are stored as they were. */
  coding?: Coding | undefined;
  payload: Uint8Array;
}

const NUMBERS = ["symbols", "rows", "overlap", "prefixId", "vocabSize", "blockSize"] as const;

export function writeCompressed({ size, original, coding, payload }: Compressed): Uint8Array {
  const header: number[] = [...MAGIC, VERSION];
  const varint = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) header.push((rest % 128) + 128);
    header.push(rest);
  };
  const word = (value: number): void => {
    for (let shift = 0; shift < 32; shift += 8) header.push((value >>> shift) & 255);
  };
  const text = (value: string): void => {
    const utf8 = new TextEncoder().encode(value);
    varint(utf8.length);
    header.push(...utf8);
  };
  varint(size);
  word(original);
  header.push(coding ? 1 : 0);
  if (coding) {
    for (const key of NUMBERS) varint(coding[key]);
    word(coding.tokenizer);
    header.push(...new Uint8Array(littleEndian(coding.probe)));
    text(coding.name);
    text(coding.engine);
  }
  varint(payload.length);
  word(crc32(Uint8Array.from(header)));
  const bytes = new Uint8Array(header.length + payload.length + 4);
  bytes.set(header);
  bytes.set(payload, header.length);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(payload), true);
  return bytes;
}

/** @throws CompressedFileError */
export function readCompressed(bytes: Uint8Array): Compressed {
  const reader = new Reader(bytes);
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new CompressedFileError(
      bytes.length < MAGIC.length && MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === byte)
        ? `the file has ${bytes.length} bytes: it is cut off`
        : "this is no file that compress wrote: its first bytes are others",
    );
  }
  reader.at = MAGIC.length;
  const version = reader.byte();
  if (version !== VERSION) {
    throw new CompressedFileError(`the file has form ${version}, and form ${VERSION} is read here`);
  }
  const size = reader.varint();
  const original = reader.word();
  const coding = reader.byte() === 1 ? reader.coding() : undefined;
  const length = reader.varint();
  const end = reader.at;
  if (reader.word() !== crc32(bytes.subarray(0, end))) {
    throw new CompressedFileError("the header is damaged: its checksum is another");
  }
  const payload = reader.bytes(length);
  if (reader.word() !== crc32(payload)) {
    throw new CompressedFileError("the file is damaged: its checksum is another");
  }
  if (reader.at !== bytes.length) {
    throw new CompressedFileError(`${bytes.length - reader.at} bytes follow the end of the file`);
  }
  return { size, original, coding, payload };
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bytes(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) {
      throw new CompressedFileError(
        `the file is cut off: it has ${this.#bytes.length} bytes, and its header tells of more`,
      );
    }
    const part = this.#bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  byte(): number {
    return this.bytes(1)[0]!;
  }

  word(): number {
    const [a, b, c, d] = this.bytes(4) as unknown as [number, number, number, number];
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 50; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
    throw new CompressedFileError("the header is damaged: it holds no number where one should be");
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.varint()));
  }

  coding(): Coding {
    const numbers = Object.fromEntries(NUMBERS.map((key) => [key, this.varint()])) as Record<
      (typeof NUMBERS)[number],
      number
    >;
    const tokenizer = this.word();
    const view = new DataView(this.bytes(4 * PROBES).slice().buffer);
    const probe = Float32Array.from({ length: PROBES }, (_, i) => view.getFloat32(4 * i, true));
    return { ...numbers, tokenizer, probe, name: this.text(), engine: this.text() };
  }
}

function littleEndian(values: Float32Array): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return view.buffer;
}

import { type MetadataEntry, VALUE_TYPES } from "./metadata.js";

/** A tensor to be written: its name, its shape as ours, the number of its type, and where its data begins. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** After the head. */
  readonly offset: number;
}

/** Data begins at multiples of so many bytes. */
export const ALIGNMENT = 32;

export const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** The head of a GGUF file of version 3, with what fills it up to where the data begins. */
export function encodeHeader(
  entries: readonly MetadataEntry[],
  tensors: readonly WrittenTensor[],
): Uint8Array {
  const out = new Bytes();
  out.ascii("GGUF").u32(3).u64(tensors.length).u64(entries.length);
  for (const [key, type, value] of entries) {
    out.text(key);
    switch (type) {
      case "u32":
        out.u32(idOf(type)).u32(value);
        break;
      case "f32":
        out.u32(idOf(type)).f32(value);
        break;
      case "bool":
        out.u32(idOf(type)).u8(Number(value));
        break;
      case "string":
        out.u32(idOf(type)).text(value);
        break;
      case "strings":
        out.list(idOf("string"), value.length);
        for (const each of value) out.text(each);
        break;
      case "i32s":
        out.list(idOf("i32"), value.length);
        for (const each of value) out.u32(each);
        break;
      case "f32s":
        out.list(idOf("f32"), value.length);
        for (const each of value) out.f32(each);
        break;
    }
  }
  for (const { name, shape, type, offset } of tensors) {
    out.text(name).u32(shape.length);
    for (const extent of shape.toReversed()) out.u64(extent);
    out.u32(type).u64(offset);
  }
  return out.end();
}

const idOf = (type: (typeof VALUE_TYPES)[number]) => VALUE_TYPES.indexOf(type);

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #encoder = new TextEncoder();

  /** Makes room, and answers where it is. */
  #grow(by: number): number {
    const from = this.#length;
    this.#length += by;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return from;
  }

  ascii(text: string): this {
    this.#bytes.set(this.#encoder.encode(text), this.#grow(text.length));
    return this;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(value: number): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  f32(value: number): this {
    const at = this.#grow(4);
    this.#view.setFloat32(at, value, true);
    return this;
  }

  text(value: string): this {
    const bytes = this.#encoder.encode(value);
    this.u64(bytes.length);
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  list(type: number, length: number): this {
    return this.u32(idOf("array")).u32(type).u64(length);
  }

  end(): Uint8Array {
    this.#grow(aligned(this.#length) - this.#length);
    return this.#bytes.slice(0, this.#length);
  }
}

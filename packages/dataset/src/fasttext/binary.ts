/** Bytes that are no fastText model, or one of a kind that cannot classify texts. */
export class FasttextFormatError extends Error {
  override readonly name = "FasttextFormatError";
  constructor(problem: string) {
    super(`Not a fastText classifier: ${problem}. Give the whole of a supervised .bin or .ftz file.`);
  }
}

/** Reads little-endian numbers one after the other. */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  bool(): boolean {
    return this.#view.getUint8(this.#take(1)) !== 0;
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  int64(): number {
    return Number(this.#view.getBigInt64(this.#take(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** What comes before the next zero, which is passed over. */
  zeroTerminated(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new FasttextFormatError("it ends in the middle of a word");
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return found;
  }

  bytes(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.slice(start, start + count);
  }

  float32s(count: number): Float32Array {
    const start = this.#take(count * 4);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = this.#view.getFloat32(start + 4 * i, true);
    return values;
  }

  #take(count: number): number {
    const start = this.#at;
    if (!(count >= 0) || start + count > this.#bytes.length) {
      throw new FasttextFormatError(
        `it ends at byte ${this.#bytes.length}, and byte ${start + count} is needed`,
      );
    }
    this.#at += count;
    return start;
  }
}

/** Collects little-endian numbers. */
export class BinaryWriter {
  #bytes = new Uint8Array(1 << 16);
  #size = 0;

  bool(value: boolean): void {
    this.#room(1).setUint8(0, Number(value));
  }

  int32(value: number): void {
    this.#room(4).setInt32(0, value, true);
  }

  int64(value: number): void {
    this.#room(8).setBigInt64(0, BigInt(value), true);
  }

  float64(value: number): void {
    this.#room(8).setFloat64(0, value, true);
  }

  zeroTerminated(word: Uint8Array): void {
    this.#room(word.length + 1);
    this.#bytes.set(word, this.#size - word.length - 1);
    this.#bytes[this.#size - 1] = 0;
  }

  float32s(values: Float32Array): void {
    const view = this.#room(values.length * 4);
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true);
  }

  /** Everything written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #room(count: number): DataView {
    const start = this.#size;
    this.#size += count;
    if (this.#size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#size, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    return new DataView(this.#bytes.buffer, start, count);
  }
}

import { concat } from "./concat.js";

const fastBits = 10;
const windowSize = 32_768;
/** Longest run one symbol can write. */
const maxMatch = 258;
const outputSize = windowSize + 65_536 + maxMatch;

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = Array.from({ length: 30 }, (_, i) =>
  i < 4 ? i + 1 : (2 + (i & 1)) * 2 ** ((i >> 1) - 1) + 1,
);
const distanceExtra = Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1));
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Compressed data that cannot be what a compressor wrote. */
class InflateError extends Error {
  override readonly name = "InflateError";
}

/** A prefix code: short codes by table, long ones by canonical search. */
interface Code {
  /** `symbol << 4 | length` by the next `fastBits` bits; 0 where the code is longer. */
  readonly fast: Uint16Array;
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/**
 * Streaming DEFLATE (RFC 1951) that knows where the compressed data ends, which `DecompressionStream` does not tell
 * and concatenated gzip members need. Feed it, then call `read` until it answers undefined.
 */
export class Inflate {
  /** Whether the final block has been read to its end. */
  done = false;
  private input: Uint8Array = new Uint8Array(0);
  private position = 0;
  private hold = 0;
  private bits = 0;
  private readonly output = new Uint8Array(outputSize);
  private written = 0;
  private emitted = 0;
  private isFinal = false;
  private block: "none" | "stored" | "coded" = "none";
  private storedLeft = 0;
  private literals: Code = fixedLiterals;
  private distances: Code = fixedDistances;

  /** Adds compressed bytes, which must stay as they are until they are read. */
  feed(chunk: Uint8Array): void {
    this.input = concat(this.rest(), chunk);
    this.position = 0;
    this.bits &= 7;
    this.hold &= (1 << this.bits) - 1;
  }

  /** Bytes that were fed and do not belong to the compressed data; to be asked when `done`. */
  rest(): Uint8Array {
    return this.input.subarray(this.position - (this.bits >> 3));
  }

  /** The next decompressed bytes (a copy); undefined when more input is needed or all is done. */
  read(): Uint8Array | undefined {
    for (;;) {
      if (this.written > windowSize + 65_536 - 1) return this.emit();
      if (this.done || !this.step()) return this.written > this.emitted ? this.emit() : undefined;
    }
  }

  private emit(): Uint8Array {
    const chunk = this.output.slice(this.emitted, this.written);
    if (this.written > windowSize) {
      this.output.copyWithin(0, this.written - windowSize, this.written);
      this.written = windowSize;
    }
    this.emitted = this.written;
    return chunk;
  }

  /** Does one piece of work; false when it needs more input first. */
  private step(): boolean {
    if (this.block === "coded") return this.inflateCoded();
    if (this.block === "stored") return this.copyStored();
    if (this.isFinal) {
      this.done = true;
      return true;
    }
    const { position, hold, bits } = this;
    if (this.readHeader()) return true;
    this.position = position;
    this.hold = hold;
    this.bits = bits;
    return false;
  }

  /** The low `count` bits of what comes next; past the end they are zero and `isShort` says so. */
  private take(count: number): number {
    while (this.bits < count) {
      this.hold |= (this.input[this.position++] ?? 0) << this.bits;
      this.bits += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.bits -= count;
    return value;
  }

  private get isShort(): boolean {
    return this.position > this.input.length;
  }

  private readHeader(): boolean {
    const isFinal = this.take(1) === 1;
    const type = this.take(2);
    if (this.isShort) return false;
    if (type === 0) {
      this.take(this.bits & 7);
      const length = this.take(16);
      const check = this.take(16);
      if (this.isShort) return false;
      if ((length ^ check) !== 0xffff) throw new InflateError("stored block with a wrong length");
      this.storedLeft = length;
      this.block = "stored";
    } else if (type === 1) {
      this.literals = fixedLiterals;
      this.distances = fixedDistances;
      this.block = "coded";
    } else if (type === 2) {
      if (!this.readCodes()) return false;
      this.block = "coded";
    } else throw new InflateError("block of unknown type 3");
    this.isFinal = isFinal;
    return true;
  }

  private readCodes(): boolean {
    const literalCount = this.take(5) + 257;
    const distanceCount = this.take(5) + 1;
    const lengthCount = this.take(4) + 4;
    const lengths = new Uint8Array(320);
    for (let i = 0; i < lengthCount; i++) lengths[codeLengthOrder[i]!] = this.take(3);
    if (this.isShort) return false;
    if (literalCount > 286) throw new InflateError(`${literalCount} literal codes, at most 286 exist`);
    const lengthCode = buildCode(lengths.subarray(0, 19));
    lengths.fill(0);
    for (let i = 0; i < literalCount + distanceCount; ) {
      const symbol = this.symbol(lengthCode);
      if (symbol < 16) {
        lengths[i++] = symbol;
        if (this.isShort) return false;
        continue;
      }
      const repeat = symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (this.isShort) return false;
      if (symbol === 16 && i === 0) throw new InflateError("code length repeats nothing");
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      if (i + repeat > literalCount + distanceCount) throw new InflateError("code lengths run over");
      lengths.fill(value, i, i + repeat);
      i += repeat;
    }
    this.literals = buildCode(lengths.subarray(0, literalCount));
    this.distances = buildCode(lengths.subarray(literalCount, literalCount + distanceCount));
    return true;
  }

  /** Decodes one symbol, bits in the fields. */
  private symbol(code: Code): number {
    while (this.bits < 15) {
      this.hold |= (this.input[this.position++] ?? 0) << this.bits;
      this.bits += 8;
    }
    const entry = code.fast[this.hold & ((1 << fastBits) - 1)]!;
    const found = entry === 0 ? search(code, this.hold) : entry;
    if (found === 0) return this.isShort ? 0 : fail("bits that are no code");
    const length = found & 15;
    this.hold >>>= length;
    this.bits -= length;
    // What was read ahead and not used is no shortage: give it back before anyone asks.
    while (this.bits >= 8 && this.position > this.input.length) {
      this.position--;
      this.bits -= 8;
      this.hold &= (1 << this.bits) - 1;
    }
    return found >>> 4;
  }

  private copyStored(): boolean {
    while (this.bits >= 8 && this.storedLeft > 0) {
      this.output[this.written++] = this.take(8);
      this.storedLeft--;
    }
    const room = windowSize + 65_536 + maxMatch - this.written;
    const count = Math.min(this.storedLeft, room, this.input.length - this.position);
    this.output.set(this.input.subarray(this.position, this.position + count), this.written);
    this.position += count;
    this.written += count;
    this.storedLeft -= count;
    if (this.storedLeft === 0) this.block = "none";
    return this.storedLeft === 0 || count > 0;
  }

  private inflateCoded(): boolean {
    const { input, output, literals, distances } = this;
    const limit = windowSize + 65_536;
    const safe = input.length - 8;
    const mask = (1 << fastBits) - 1;
    const { fast } = literals;
    let { position, hold, bits, written } = this;
    // The fast loop: eight bytes ahead are always there, so nothing has to be undone.
    while (position < safe && written < limit) {
      while (bits < 15) {
        hold |= input[position++]! << bits;
        bits += 8;
      }
      let entry = fast[hold & mask]!;
      if (entry === 0) entry = search(literals, hold) || fail("bits that are no code");
      hold >>>= entry & 15;
      bits -= entry & 15;
      const symbol = entry >>> 4;
      if (symbol < 256) {
        output[written++] = symbol;
        continue;
      }
      if (symbol === 256) {
        this.block = "none";
        break;
      }
      if (symbol > 285) throw new InflateError(`length symbol ${symbol}`);
      const lengthBits = lengthExtra[symbol - 257]!;
      while (bits < lengthBits) {
        hold |= input[position++]! << bits;
        bits += 8;
      }
      const length = lengthBase[symbol - 257]! + (hold & ((1 << lengthBits) - 1));
      hold >>>= lengthBits;
      bits -= lengthBits;
      while (bits < 15) {
        hold |= input[position++]! << bits;
        bits += 8;
      }
      entry = distances.fast[hold & mask]!;
      if (entry === 0) entry = search(distances, hold) || fail("bits that are no code");
      hold >>>= entry & 15;
      bits -= entry & 15;
      const code = entry >>> 4;
      if (code > 29) throw new InflateError(`distance symbol ${code}`);
      const distanceBits = distanceExtra[code]!;
      while (bits < distanceBits) {
        hold |= input[position++]! << bits;
        bits += 8;
      }
      const distance = distanceBase[code]! + (hold & ((1 << distanceBits) - 1));
      hold >>>= distanceBits;
      bits -= distanceBits;
      if (distance > written) throw new InflateError(`distance ${distance} reaches before the start`);
      for (const end = written + length; written < end; written++)
        output[written] = output[written - distance]!;
    }
    this.position = position;
    this.hold = hold;
    this.bits = bits;
    this.written = written;
    if (this.block === "none" || written >= limit) return true;
    return this.inflateOne();
  }

  /** One symbol near the end of the input, undone where it turns out to be cut off. */
  private inflateOne(): boolean {
    const { position, hold, bits } = this;
    const undo = () => {
      this.position = position;
      this.hold = hold;
      this.bits = bits;
      return false;
    };
    const symbol = this.symbol(this.literals);
    if (this.isShort) return undo();
    if (symbol > 285) fail(`length symbol ${symbol}`);
    if (symbol < 256) this.output[this.written++] = symbol;
    else if (symbol === 256) this.block = "none";
    else {
      const length = lengthBase[symbol - 257]! + this.take(lengthExtra[symbol - 257]!);
      if (this.isShort) return undo();
      const code = this.symbol(this.distances);
      if (this.isShort) return undo();
      if (code > 29) fail(`distance symbol ${code}`);
      const distance = distanceBase[code]! + this.take(distanceExtra[code]!);
      if (this.isShort) return undo();
      if (distance > this.written) fail(`distance ${distance} reaches before the start`);
      for (let i = 0; i < length; i++, this.written++)
        this.output[this.written] = this.output[this.written - distance]!;
    }
    return true;
  }
}

function fail(message: string): never {
  throw new InflateError(message);
}

function buildCode(lengths: Uint8Array): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  let left = 1;
  const offsets = new Uint16Array(17);
  const next = new Uint16Array(17);
  for (let length = 1; length < 16; length++) {
    left = left * 2 - counts[length]!;
    if (left < 0) throw new InflateError("more codes than bits can tell apart");
    offsets[length + 1] = offsets[length]! + counts[length]!;
    next[length + 1] = (next[length]! + counts[length]!) << 1;
  }
  const symbols = new Uint16Array(lengths.length);
  const fast = new Uint16Array(1 << fastBits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    symbols[offsets[length]!++] = symbol;
    const code = next[length]!++;
    if (length > fastBits) continue;
    let reversed = 0;
    for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
    for (let i = reversed; i < 1 << fastBits; i += 1 << length) fast[i] = (symbol << 4) | length;
  }
  return { fast, counts, symbols };
}

/** Finds a code too long for the table, bit by bit: `symbol << 4 | length`, or 0 where there is none. */
function search({ counts, symbols }: Code, hold: number): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length < 16; length++) {
    code |= (hold >>> (length - 1)) & 1;
    const count = counts[length]!;
    if (code - first < count) return (symbols[index + code - first]! << 4) | length;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return 0;
}

const fixedLiterals = buildCode(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const fixedDistances = buildCode(new Uint8Array(30).fill(5));

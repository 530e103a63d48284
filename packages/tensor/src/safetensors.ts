import { SafetensorsError } from "./errors.js";

/** Values of a tensor in a safetensors file; F16 and BF16 are widened to Float32Array. */
export type SafetensorsData = Float32Array | Int32Array | Int8Array;

/** One tensor of a safetensors file. */
export interface SafetensorsTensor {
  /** As in the file: "F32", "F16", "BF16", "I32" or "I8". */
  dtype: string;
  shape: number[];
  data: SafetensorsData;
}

/** What the format's own implementation allows. */
const MAX_HEADER_BYTES = 100_000_000;

const BYTES: Record<string, number> = { F32: 4, F16: 2, BF16: 2, I32: 4, I8: 1 };

/** IEEE half to number. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Reads `count` little-endian values; the bytes may start anywhere. */
function decode(dtype: string, bytes: Uint8Array, start: number, count: number): SafetensorsData {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * BYTES[dtype]!);
  if (dtype === "I8") return Int8Array.from({ length: count }, (_, i) => view.getInt8(i));
  if (dtype === "I32") {
    const out = new Int32Array(count);
    for (let i = 0; i < count; i++) out[i] = view.getInt32(4 * i, true);
    return out;
  }
  const out = new Float32Array(count);
  if (dtype === "F32") {
    for (let i = 0; i < count; i++) out[i] = view.getFloat32(4 * i, true);
  } else if (dtype === "F16") {
    for (let i = 0; i < count; i++) out[i] = half(view.getUint16(2 * i, true));
  } else {
    const bits = new Uint32Array(out.buffer);
    for (let i = 0; i < count; i++) bits[i] = view.getUint16(2 * i, true) << 16;
  }
  return out;
}

function parseHeader(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new SafetensorsError(`The safetensors header is not JSON: ${(error as Error).message}`);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new SafetensorsError("The safetensors header must be a JSON object.");
  }
  return header as Record<string, unknown>;
}

/** Names at the top level of the header, in order: JSON.parse would silently keep the last of two equal ones. */
function checkDuplicates(text: string, header: Record<string, unknown>): void {
  let depth = 0;
  let names = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1 && token.endsWith(":")) names++;
  }
  if (names !== Object.keys(header).length) {
    throw new SafetensorsError("The safetensors header names a tensor twice.");
  }
}

interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

const natural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checkEntry(name: string, value: unknown, limit: number): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Array.isArray(shape) || !shape.every(natural)) {
    throw new SafetensorsError(`Tensor "${name}" has no valid dtype and shape.`);
  }
  if (!Object.hasOwn(BYTES, dtype)) {
    throw new SafetensorsError(
      `Tensor "${name}" has dtype ${dtype}; only ${Object.keys(BYTES).join(", ")} can be read.`,
    );
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(natural)) {
    throw new SafetensorsError(`Tensor "${name}" has no valid data_offsets.`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product: number, extent: number) => product * extent, BYTES[dtype]!);
  if (end - begin !== bytes || end > limit) {
    throw new SafetensorsError(
      `Tensor "${name}" spans bytes ${begin} to ${end} of ${limit}, but shape (${shape.join(", ")}) of ${dtype} needs ${bytes}.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/**
 * Reads a safetensors file. The header is checked before anything is read: size limit, JSON, duplicate names,
 * types, and that the tensors fill the data exactly, without overlap or gap.
 */
export function readSafetensors(bytes: Uint8Array): {
  tensors: Map<string, SafetensorsTensor>;
  metadata: Record<string, string>;
} {
  if (bytes.length < 8)
    throw new SafetensorsError(`${bytes.length} bytes are too few for a safetensors file.`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > bytes.length) {
    throw new SafetensorsError(
      `The safetensors header claims ${length} bytes of a file of ${bytes.length}; the limit is ${MAX_HEADER_BYTES}.`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length));
  } catch {
    throw new SafetensorsError("The safetensors header is not UTF-8.");
  }
  const header = parseHeader(text);
  checkDuplicates(text, header);
  const metadata: Record<string, string> = {};
  const limit = bytes.length - 8 - length;
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") {
      if (
        typeof value !== "object" ||
        value === null ||
        !Object.values(value).every((v) => typeof v === "string")
      ) {
        throw new SafetensorsError("The safetensors metadata must map strings to strings.");
      }
      Object.assign(metadata, value);
    } else {
      entries.push(checkEntry(name, value, limit));
    }
  }
  let filled = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled) {
      throw new SafetensorsError(
        `Tensor "${name}" begins at byte ${begin}, but the one before ends at ${filled}.`,
      );
    }
    filled = end;
  }
  if (filled !== limit) throw new SafetensorsError(`The tensors end at byte ${filled} of ${limit}.`);
  const tensors = new Map<string, SafetensorsTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const data = decode(dtype, bytes, 8 + length + begin, (end - begin) / BYTES[dtype]!);
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata };
}

/** Writes tensors, in the given order, as a safetensors file: Float32Array as F32, Int32Array as I32. */
export function writeSafetensors(
  tensors: Iterable<readonly [string, { shape: readonly number[]; data: Float32Array | Int32Array }]>,
  metadata?: Record<string, string>,
): Uint8Array {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  const parts: (Float32Array | Int32Array)[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === "__metadata__" || Object.hasOwn(header, name)) {
      throw new SafetensorsError(`"${name}" cannot be written: the name is taken.`);
    }
    if (shape.reduce((product, extent) => product * extent, 1) !== data.length) {
      throw new SafetensorsError(
        `Tensor "${name}" has ${data.length} values, which do not fill shape (${shape.join(", ")}).`,
      );
    }
    const dtype = data instanceof Int32Array ? "I32" : "F32";
    header[name] = { dtype, shape: [...shape], data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
    parts.push(data);
  }
  let text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  text = padded;
  const bytes = new Uint8Array(8 + text.length + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const data of parts) {
    // Typed arrays are little-endian on every platform that runs JavaScript engines today, as the format wants.
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

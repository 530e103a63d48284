// A safetensors file is the length of its header (u64), the header (JSON, padded with spaces to a multiple of 8 bytes),
// and the tensors' data without a gap. The header is checked in full before any data is touched.
import { SafetensorsError } from "../errors.js";
import { bytesOf, type SafetensorsDType } from "./values.js";

/** One tensor as the header describes it. */
export interface SafetensorsInfo {
  readonly name: string;
  /** As in the file: "F32", "F16", "BF16", "I32", "I8", or a type of the format that cannot be read here. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where it begins, counted from the end of the header. */
  readonly offset: number;
  /** Its size in the file. */
  readonly bytes: number;
}

/** What a header says: its tensors, in the order of their data, and the strings beside them. */
export interface SafetensorsHeader {
  readonly tensors: readonly SafetensorsInfo[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the format's own implementation allows. */
const MAX_HEADER_BYTES = 100_000_000;

/** Bits of an element of every type of the format. */
const BITS = new Map<string, number>(
  Object.entries({
    4: ["F4"],
    6: ["F6_E2M3", "F6_E3M2"],
    8: ["BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"],
    16: ["U16", "I16", "F16", "BF16"],
    32: ["U32", "I32", "F32"],
    64: ["U64", "I64", "F64", "C64"],
  }).flatMap(([bits, names]) => names.map((name) => [name, Number(bits)] as const)),
);

const show = (shape: readonly number[]) => `(${shape.join(", ")})`;

/**
 * The length of the header, from the first 8 bytes of a file of `fileBytes` (unknown in a stream).
 * @throws {SafetensorsError} when it is beyond the limit or the file
 */
export function headerLength(start: Uint8Array, fileBytes = Number.POSITIVE_INFINITY): number {
  if (start.length < 8 || fileBytes < 8) {
    throw new SafetensorsError(
      `${Math.min(start.length, fileBytes)} bytes are too few for a safetensors file.`,
    );
  }
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > fileBytes) {
    throw new SafetensorsError(
      `The safetensors header claims ${length} bytes${fileBytes < Number.POSITIVE_INFINITY ? ` of a file of ${fileBytes}` : ""}; the limit is ${MAX_HEADER_BYTES}. Is this a safetensors file, and a whole one?`,
    );
  }
  return length;
}

/**
 * Reads and checks a header: JSON without a name twice, types and shapes, and that the tensors fill the data
 * (`dataBytes`, unknown in a stream) without overlap or gap.
 * @throws {SafetensorsError} naming the tensor at fault
 */
export function parseHeader(bytes: Uint8Array, dataBytes = Number.POSITIVE_INFINITY): SafetensorsHeader {
  const header = parseJson(bytes);
  let metadata: Record<string, string> = {};
  const tensors: SafetensorsInfo[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = checkMetadata(value);
    else tensors.push(checkTensor(name, value, dataBytes));
  }
  tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let filled = 0;
  for (const { name, offset, bytes } of tensors) {
    if (offset !== filled) {
      throw new SafetensorsError(
        `Tensor "${name}" begins at byte ${offset}, but the one before ends at ${filled}: the file has ${offset < filled ? "an overlap" : "a gap"}.`,
      );
    }
    filled = offset + bytes;
  }
  if (dataBytes < Number.POSITIVE_INFINITY && filled !== dataBytes) {
    throw new SafetensorsError(`The tensors end at byte ${filled} of ${dataBytes}.`);
  }
  return { tensors, metadata };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SafetensorsError("The safetensors header is not UTF-8.");
  }
  if (!text.startsWith("{")) {
    throw new SafetensorsError(
      `The safetensors header must be a JSON object, but begins with ${JSON.stringify(text.slice(0, 8))}.`,
    );
  }
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new SafetensorsError(`The safetensors header is not JSON: ${(error as Error).message}`);
  }
  checkNames(text);
  return header;
}

/** JSON.parse keeps the last of two equal names without a word, so valid JSON is looked through once more. */
function checkNames(text: string): void {
  const open: (Set<string> | null)[] = []; // the names of each object around, null for an array
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const start = i++;
      while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      let next = i + 1;
      while (/\s/.test(text[next] ?? "")) next++;
      if (text[next] !== ":") continue;
      const name: string = JSON.parse(text.slice(start, i + 1));
      const names = open.at(-1)!;
      if (names.has(name)) {
        throw new SafetensorsError(`The safetensors header names ${JSON.stringify(name)} twice.`);
      }
      names.add(name);
    }
  }
}

function checkMetadata(value: unknown): Record<string, string> {
  if (
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    !Object.values(value).every((each) => typeof each === "string")
  ) {
    throw new SafetensorsError("The safetensors metadata must map strings to strings.");
  }
  return value as Record<string, string>;
}

const natural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checkTensor(name: string, value: unknown, dataBytes: number): SafetensorsInfo {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Array.isArray(shape) || !shape.every(natural)) {
    throw new SafetensorsError(`Tensor "${name}" has no valid dtype and shape.`);
  }
  const bits = BITS.get(dtype);
  if (bits === undefined) {
    throw new SafetensorsError(`Tensor "${name}" has dtype ${dtype}, which the format does not know.`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(natural)) {
    throw new SafetensorsError(`Tensor "${name}" has no valid data_offsets.`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product: number, extent: number) => product * extent, bits) / 8;
  if (end - begin !== bytes || end > dataBytes) {
    throw new SafetensorsError(
      `Tensor "${name}" spans bytes ${begin} to ${end}${dataBytes < Number.POSITIVE_INFINITY ? ` of ${dataBytes}` : ""}, but shape ${show(shape)} of ${dtype} needs ${bytes}.`,
    );
  }
  return { name, dtype, shape, offset: begin, bytes };
}

/** A tensor that will be written. */
export interface SafetensorsSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Default "F32". */
  readonly dtype?: SafetensorsDType;
}

/**
 * The first bytes of a file that holds these tensors, in this order: the length and the header.
 * @throws {SafetensorsError} for a name that is taken, or a header beyond the limit
 */
export function formatHeader(
  specs: Iterable<SafetensorsSpec>,
  metadata?: Readonly<Record<string, string>>,
): { start: Uint8Array; tensors: (SafetensorsInfo & { readonly dtype: SafetensorsDType })[] } {
  const entries = new Map<string, unknown>();
  if (metadata) entries.set("__metadata__", checkMetadata(metadata));
  const tensors: (SafetensorsInfo & { readonly dtype: SafetensorsDType })[] = [];
  let offset = 0;
  for (const { name, shape, dtype = "F32" } of specs) {
    if (name === "__metadata__" || entries.has(name)) {
      throw new SafetensorsError(`"${name}" cannot be written: the name is taken.`);
    }
    if (!shape.every(natural)) {
      throw new SafetensorsError(`Tensor "${name}" cannot be written: ${show(shape)} is not a shape.`);
    }
    const bytes = shape.reduce((product, extent) => product * extent, bytesOf(dtype));
    tensors.push({ name, dtype, shape, offset, bytes });
    entries.set(name, { dtype, shape, data_offsets: [offset, offset + bytes] });
    offset += bytes;
  }
  if (!Number.isSafeInteger(offset)) {
    throw new SafetensorsError(`The tensors cannot be written: they would take ${offset} bytes.`);
  }
  // Not through one object, which would put names such as "10" first and lose "__proto__".
  const members = [...entries].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const text = new TextEncoder().encode(`{${members.join(",")}}`);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new SafetensorsError(
      `A safetensors header of ${length} bytes cannot be written; the limit is ${MAX_HEADER_BYTES}. Use fewer tensors or less metadata.`,
    );
  }
  const start = new Uint8Array(8 + length).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(text, 8);
  return { start, tensors };
}

import { checkOptions } from "@llm/platform/options";
import { SafetensorsError } from "../errors.js";
import { formatHeader, headerLength, parseHeader, type SafetensorsInfo } from "./header.js";
import {
  checkInput,
  decode,
  encode,
  isReadable,
  naturalDType,
  READABLE,
  type SafetensorsData,
  type SafetensorsDType,
  type SafetensorsInput,
  type SafetensorsReadOptions,
} from "./values.js";

/** One tensor of a safetensors file. */
export interface SafetensorsTensor {
  /** As in the file. */
  dtype: SafetensorsDType;
  shape: number[];
  data: SafetensorsData;
}

/** Which tensors of a file are read, and how. */
export interface SafetensorsSelection extends SafetensorsReadOptions {
  /** Whether a tensor is to be read. The others are passed over, of whatever type they are. Default: all are. */
  wants?: (info: SafetensorsInfo) => boolean;
}

/**
 * Reads a whole safetensors file; `openSafetensors` reads tensors one by one. Everything is checked before anything
 * is read: header size, JSON, names, types, and that the tensors fill the data exactly, without overlap or gap.
 * Tensors come in the order of their data. F16 and BF16 are widened to float32, exactly, unless `options` say otherwise.
 * @throws {SafetensorsError} naming the tensor at fault
 */
export function readSafetensors(
  bytes: Uint8Array,
  options: SafetensorsSelection = {},
): {
  tensors: Map<string, SafetensorsTensor>;
  metadata: Record<string, string>;
} {
  checkSelection("readSafetensors", options);
  const start = 8 + headerLength(bytes, bytes.length);
  const header = parseHeader(bytes.subarray(8, start), bytes.length - start);
  const wanted = header.tensors.filter(options.wants ?? (() => true));
  wanted.forEach(readable);
  const tensors = new Map<string, SafetensorsTensor>();
  for (const info of wanted) {
    const from = start + info.offset;
    tensors.set(info.name, tensorOf(info, bytes.subarray(from, from + info.bytes), options));
  }
  return { tensors, metadata: { ...header.metadata } };
}

/** @throws {SafetensorsError} for an option that readers of files do not have */
export function checkSelection(
  of: string,
  options: SafetensorsSelection,
  more: Readonly<Record<string, "function">> = {},
): void {
  const kinds = { bfloat16: ["float32", "bits"], wants: "function", ...more } as const;
  checkOptions(of, options, kinds, (message) => new SafetensorsError(message));
}

/** The type of a tensor whose values can be read here; throws for another. */
function readable({ name, dtype }: SafetensorsInfo): SafetensorsDType {
  if (isReadable(dtype)) return dtype;
  throw new SafetensorsError(`Tensor "${name}" has dtype ${dtype}; only ${READABLE} can be read.`);
}

/** A tensor from its description and its bytes, which it may keep if they are its `own`. */
export function tensorOf(
  info: SafetensorsInfo,
  bytes: Uint8Array,
  options: SafetensorsReadOptions & { own?: boolean },
): SafetensorsTensor {
  const dtype = readable(info);
  return { dtype, shape: [...info.shape], data: decode(dtype, bytes, options) };
}

/** Throws unless the values fill the shape and can be written as the type. */
export function checkData(
  { name, dtype, shape }: { name: string; dtype: SafetensorsDType; shape: readonly number[] },
  data: SafetensorsInput,
): void {
  if (shape.reduce((product, extent) => product * extent, 1) !== data.length) {
    throw new SafetensorsError(
      `Tensor "${name}" has ${data.length} values, which do not fill shape (${shape.join(", ")}).`,
    );
  }
  checkInput(name, dtype, data);
}

/**
 * Writes tensors, in the given order, as the bytes of a safetensors file; `encodeSafetensors` writes them one by one.
 * Without a `dtype`, floats become F32, Int32Array I32, Int8Array I8 and Uint16Array, as bits, BF16; floats also go into F16, BF16 and I8, rounded
 * to the nearest, ties to even.
 * @throws {SafetensorsError} for a name that is taken, or values that do not fit shape or type
 */
export function writeSafetensors(
  tensors: Iterable<
    readonly [
      string,
      {
        readonly shape: readonly number[];
        readonly data: SafetensorsInput;
        readonly dtype?: SafetensorsDType;
      },
    ]
  >,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const specs = [...tensors].map(([name, { shape, data, dtype = naturalDType(data) }]) => ({
    name,
    shape,
    data,
    dtype,
  }));
  const { start, tensors: infos } = formatHeader(specs, metadata);
  for (const spec of specs) checkData(spec, spec.data);
  const end = infos.at(-1);
  const bytes = new Uint8Array(start.length + (end ? end.offset + end.bytes : 0));
  bytes.set(start);
  for (const [i, { name, dtype, data }] of specs.entries()) {
    const from = start.length + infos[i]!.offset;
    encode(name, dtype, data, bytes.subarray(from, from + infos[i]!.bytes));
  }
  return bytes;
}

import { toBfloat16 } from "../../bfloat16.js";
import type { DeviceBuffer, TensorData } from "../../device-buffer.js";
import type { ReferenceBuffer } from "../reference/buffers.js";
import { type Device, type WebgpuBuffer, WIDTH } from "./device.js";
import { each } from "./wgsl.js";

/** An int32 buffer as the reference kernels see it; they may write to it, `load` it then. */
export function hostView(on: Device, buffer: DeviceBuffer): ReferenceBuffer {
  const { length, dtype } = on.own(buffer);
  return { length, dtype, data: on.ids(buffer) };
}

const typed = {
  float32: Float32Array,
  int32: Int32Array,
  int8: Int8Array,
  bfloat16: Uint16Array,
} as const;

/** Replaces all values by ones from the host. */
export function load(on: Device, buffer: DeviceBuffer, data: ArrayLike<number>): void {
  upload(on, on.own(buffer), data, 0);
}

/** Writes values from the host, from place `offset` on. */
export function upload(on: Device, buffer: WebgpuBuffer, data: ArrayLike<number>, offset: number): void {
  if (data.length === 0) return;
  on.forget(buffer);
  const { dtype, memory } = buffer;
  const width = WIDTH[dtype];
  const isWhole = offset === 0 && data.length === buffer.length;
  if (dtype === "int32") {
    buffer.ids ??= new Int32Array(buffer.length);
    if (buffer.ids !== data) buffer.ids.set(data, offset);
  }
  const values = data instanceof typed[dtype] ? (data as TensorData) : typed[dtype].from(data);
  const bytes = values.byteLength;
  if ((offset * width) % 4 === 0 && bytes % 4 === 0) {
    on.write(memory, offset * width, values.buffer as ArrayBuffer, values.byteOffset, bytes);
    return;
  }
  const padded = new Uint8Array(Math.ceil(bytes / 4) * 4);
  padded.set(new Uint8Array(values.buffer, values.byteOffset, bytes));
  if (isWhole) {
    on.write(memory, 0, padded.buffer, 0, padded.length);
    return;
  }
  // Into the middle of words: the device replaces those bytes.
  on.withScratch([padded.length / 4], (part) => {
    on.write(part!.memory, 0, padded.buffer, 0, padded.length);
    const first = offset * width;
    each(on, Math.ceil((first + bytes) / 4) - Math.floor(first / 4), {
      key: "patch",
      read: { part: { buffer: part!, as: "u32" } },
      write: { out: buffer },
      ints: { first, end: first + bytes },
      code: () => `
let at = p.first / 4u + i;
var word = $out[at];
for (var b = 0u; b < 4u; b++) {
  let byte = 4u * at + b;
  if (byte < p.first || byte >= p.end) { continue; }
  let source = byte - p.first;
  word = insertBits(word, $part[source / 4u] >> (8u * (source % 4u)), 8u * b, 8u);
}
$out[at] = word;`,
    });
  });
}

/** Sets every value. */
export function fill(on: Device, buffer: WebgpuBuffer, value: number): void {
  const { dtype, length } = buffer;
  if (dtype === "int32") {
    load(on, buffer, new Int32Array(length).fill(value));
    return;
  }
  const one = dtype === "bfloat16" ? toBfloat16([value])[0]! : value;
  const word = new typed[dtype](4 / WIDTH[dtype]).fill(one);
  each(on, Math.ceil((length * WIDTH[dtype]) / 4), {
    key: "fill",
    write: { out: { buffer, as: "u32" } },
    ints: { word: new Uint32Array(word.buffer)[0]! },
    code: () => "$out[i] = p.word;",
  });
}

/** The values, once all that was recorded is done. */
export async function download(on: Device, buffer: WebgpuBuffer): Promise<TensorData> {
  if (buffer.ids) return buffer.ids.slice();
  const { dtype, length, memory } = buffer;
  const bytes = await on.read(memory, length * WIDTH[dtype]);
  return new typed[dtype](bytes, 0, length);
}

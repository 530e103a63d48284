import {
  decodeSafetensors,
  openSafetensors,
  readSafetensors,
  type SafetensorsDType,
  writeSafetensors,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { file } from "./files.js";

const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);

/** What 16-bit values read as, through a file. */
function widen(dtype: "F16" | "BF16", halves: Uint16Array): Float32Array {
  const data = new Uint8Array(2 * halves.length);
  for (const [i, half] of halves.entries()) new DataView(data.buffer).setUint16(2 * i, half, true);
  const header = { x: { dtype, shape: [halves.length], data_offsets: [0, data.length] } };
  return readSafetensors(file(header, data)).tensors.get("x")!.data as Float32Array;
}

/** The data bytes that floats are written as. */
function written(dtype: SafetensorsDType, data: Float32Array | Float64Array): DataView {
  const bytes = writeSafetensors([["x", { shape: [data.length], data, dtype }]]);
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return new DataView(bytes.buffer, start);
}

function narrow(dtype: "F16" | "BF16", data: Float32Array): number[] {
  const view = written(dtype, data);
  return Array.from(data, (_, i) => view.getUint16(2 * i, true));
}

/** The value of a 16-bit float by the definition of IEEE 754. */
function exactValue(bits: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === 2 ** exponentBits - 1) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each([
  ["F16", 5],
  ["BF16", 8],
] as const)("%s", (dtype, exponentBits) => {
  const infinity = (2 ** exponentBits - 1) << (15 - exponentBits);

  test("all 65,536 are widened exactly", () => {
    const wide = widen(dtype, all);
    const wrong = [...all].filter((bits) => !Object.is(wide[bits], exactValue(bits, exponentBits)));
    expect(wrong).toEqual([]);
  });

  test("all 65,536 come back, NaN with its payload", () => {
    expect(narrow(dtype, widen(dtype, all))).toEqual([...all]);
  });

  test("between every two neighbours the nearer one is taken, and the even one half way", () => {
    // The float32 half way between a finite value and the next (or what would be, instead of infinity).
    const finite = Array.from({ length: infinity }, (_, bits) => bits);
    const next = (bits: number) =>
      bits + 1 < infinity
        ? exactValue(bits + 1, exponentBits)
        : 2 * exactValue(bits, exponentBits) - exactValue(bits - 1, exponentBits);
    const middle = Float32Array.from(finite, (bits) => exactValue(bits, exponentBits) / 2 + next(bits) / 2);
    const words = new Uint32Array(middle.buffer);
    const move = (by: number) => new Float32Array(words.map((word) => word + by).buffer);
    expect(narrow(dtype, move(-1))).toEqual(finite);
    expect(narrow(dtype, middle)).toEqual(finite.map((bits) => bits + (bits & 1)));
    expect(narrow(dtype, move(1))).toEqual(finite.map((bits) => bits + 1));
    const negative = middle.map((value) => -value);
    expect(narrow(dtype, negative)).toEqual(finite.map((bits) => 0x8000 | (bits + (bits & 1))));
  });

  test("a NaN whose payload does not fit stays a NaN", () => {
    const nan = new Float32Array(new Uint32Array([0x7f800001, 0xff800001]).buffer);
    expect([...widen(dtype, Uint16Array.from(narrow(dtype, nan)))]).toEqual([Number.NaN, Number.NaN]);
  });
});

test("F32 keeps every bit, from any place in a buffer", () => {
  const bits = Uint32Array.from([0, 0x80000000, 1, 0x7f800001, 0xffc12345, 0x7f7fffff, 0x12345678]);
  const view = written("F32", new Float32Array(bits.buffer).subarray(1));
  expect(Array.from({ length: 6 }, (_, i) => view.getUint32(4 * i, true))).toEqual([...bits.subarray(1)]);
});

test("Float64Array is written through float32", () => {
  expect(written("F32", new Float64Array([Math.PI])).getFloat32(0, true)).toBe(Math.fround(Math.PI));
});

test("I8 rounds ties to even and stops at its ends", () => {
  const values = [0.5, 1.5, -0.5, -1.5, 2.4999, 126.5, 127.5, 1e9, -128.5, -129, Number.NEGATIVE_INFINITY];
  const view = written("I8", Float32Array.from(values));
  expect(values.map((_, i) => view.getInt8(i))).toEqual([0, 2, 0, -2, 2, 126, 127, 127, -128, -128, -128]);
});

test("I8 is read from a Node buffer that is part of a larger one", () => {
  const bytes = writeSafetensors([["x", { shape: [3], data: Int8Array.of(-128, 0, 127) }]]);
  const pool = Buffer.concat([Buffer.from("abc"), bytes]).subarray(3);
  expect(readSafetensors(pool).tensors.get("x")!.data).toEqual(Int8Array.of(-128, 0, 127));
});

test("BF16 goes in and out as its bits, all 65,536 of them, where that is asked for", async () => {
  const bytes = writeSafetensors([["x", { shape: [256, 256], data: all }]]);
  const bits = { bfloat16: "bits" } as const;
  const stream = await decodeSafetensors(new Blob([bytes as BlobPart]).stream(), bits);
  const streamed = (await stream.tensors.next()) as { value?: [string, unknown] };
  const read = [
    readSafetensors(bytes, bits).tensors.get("x"),
    await (await openSafetensors(bytes)).read("x", bits),
    streamed.value?.[1],
  ];
  for (const tensor of read) expect(tensor).toEqual({ dtype: "BF16", shape: [256, 256], data: all });
  expect(readSafetensors(bytes).tensors.get("x")!.data).toBeInstanceOf(Float32Array);
  const half = writeSafetensors([["x", { shape: [1], data: Float32Array.of(1.5), dtype: "F16" }]]);
  expect(readSafetensors(half, bits).tensors.get("x")!.data).toEqual(Float32Array.of(1.5));
  expect(() => writeSafetensors([["x", { shape: [256, 256], data: all, dtype: "F32" }]])).toThrow(/as BF16/);
});

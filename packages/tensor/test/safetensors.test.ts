import { readSafetensors, SafetensorsError, writeSafetensors } from "@llm/tensor";
import { describe, expect, test } from "vitest";

/** A file from a header as text and data bytes. */
function file(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const f32 = (begin: number, end: number) => ({
  dtype: "F32",
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
});

test("what is written is read back, in order, with metadata", () => {
  const tensors = new Map([
    ["b", { shape: [2, 2], data: new Float32Array([1, -2, 3.5, Number.NaN]) }],
    ["a", { shape: [3], data: new Int32Array([1, -2, 2 ** 31 - 1]) }],
    ["scalar", { shape: [], data: new Float32Array([7]) }],
  ]);
  const bytes = writeSafetensors(tensors, { format: "pt" });
  expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  // Through a view that starts at an odd byte.
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  const { tensors: read, metadata } = readSafetensors(shifted);
  expect(metadata).toEqual({ format: "pt" });
  expect([...read.keys()]).toEqual(["b", "a", "scalar"]);
  for (const [name, { shape, data }] of tensors) expect(read.get(name)).toMatchObject({ shape, data });
});

test("half, bfloat16 and int8 are widened exactly", () => {
  const data = new Uint8Array([
    0x00,
    0x3c,
    0x01,
    0x00,
    0xff,
    0x7b,
    0x00,
    0xfc, // F16: 1, 2^-24, 65504, -Infinity
    0x80,
    0x3f,
    0x20,
    0xc0, // BF16: 1, -2.5
    0x80,
    0x7f, // I8: -128, 127
  ]);
  const { tensors } = readSafetensors(
    file(
      {
        h: { dtype: "F16", shape: [4], data_offsets: [0, 8] },
        b: { dtype: "BF16", shape: [2], data_offsets: [8, 12] },
        i: { dtype: "I8", shape: [2], data_offsets: [12, 14] },
      },
      data,
    ),
  );
  expect([...tensors.get("h")!.data]).toEqual([1, 2 ** -24, 65504, Number.NEGATIVE_INFINITY]);
  expect([...tensors.get("b")!.data]).toEqual([1, -2.5]);
  expect([...tensors.get("i")!.data]).toEqual([-128, 127]);
});

describe("a bad file is refused", () => {
  const eight = new Uint8Array(8);
  test.each([
    ["too short", new Uint8Array(4), "too few"],
    ["header past the end", new Uint8Array([255, 0, 0, 0, 0, 0, 0, 0, 1]), "255 bytes"],
    ["huge header", new Uint8Array(8).fill(255), "the limit is"],
    ["not JSON", file("{"), "not JSON"],
    ["not an object", file("[1]"), "JSON object"],
    ["not UTF-8", new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), "UTF-8"],
    [
      "duplicate",
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        eight,
      ),
      "twice",
    ],
    ["overlap", file({ a: f32(0, 8), b: f32(4, 8) }, eight), "begins at byte 4"],
    ["gap", file({ a: f32(0, 4), b: f32(8, 12) }, new Uint8Array(12)), "begins at byte 8"],
    ["trailing bytes", file({ a: f32(0, 4) }, eight), "end at byte 4 of 8"],
    ["out of bounds", file({ a: f32(0, 16) }, eight), "of 8"],
    ["wrong size", file({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, eight), "needs 12"],
    ["unknown type", file({ a: { dtype: "toString", shape: [1], data_offsets: [0, 8] } }, eight), "toString"],
    ["negative shape", file({ a: { dtype: "F32", shape: [-2], data_offsets: [0, 8] } }, eight), "shape"],
    ["no entry", file({ a: null }, eight), "dtype"],
    ["metadata", file({ __metadata__: { a: 1 } }), "strings"],
  ] as const)("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });
});

test("what cannot be read back is not written", () => {
  const one = { shape: [1], data: new Float32Array(1) };
  expect(() =>
    writeSafetensors([
      ["a", one],
      ["a", one],
    ]),
  ).toThrow("taken");
  expect(() => writeSafetensors([["a", { ...one, shape: [2] }]])).toThrow("(2)");
});

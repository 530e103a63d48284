import { readSafetensors, SafetensorsError, writeSafetensors } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { decodeAll, file, openAll } from "./files.js";

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

describe("a bad file is refused", () => {
  const eight = new Uint8Array(8);
  test.each([
    ["too short", new Uint8Array(4), "too few"],
    ["header past the end", new Uint8Array([255, 0, 0, 0, 0, 0, 0, 0, 1]), "255 bytes"],
    ["huge header", new Uint8Array(8).fill(255), "the limit is"],
    ["not JSON", file("{"), "not JSON"],
    ["not an object", file("[1]"), "JSON object"],
    ["blanks first", file(" {}"), "JSON object"],
    ["a byte order mark first", file("\ufeff{}"), "JSON object"],
    ["not UTF-8", new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), "UTF-8"],
    [
      "duplicate",
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        eight,
      ),
      "twice",
    ],
    [
      "duplicate by an escape",
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061" :{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        eight,
      ),
      '"a" twice',
    ],
    [
      "duplicate inside a tensor",
      file('{"a":{"dtype":"F32","shape":[9],"shape":[2],"data_offsets":[0,8]}}', eight),
      '"shape" twice',
    ],
    ["duplicate metadata", file('{"__metadata__":{"k":"1","k":"2"}}'), '"k" twice'],
    ["overlap", file({ a: f32(0, 8), b: f32(4, 8) }, eight), "begins at byte 4"],
    ["gap", file({ a: f32(0, 4), b: f32(8, 12) }, new Uint8Array(12)), "begins at byte 8"],
    ["trailing bytes", file({ a: f32(0, 4) }, eight), "end at byte 4 of 8"],
    ["out of bounds", file({ a: f32(0, 16) }, eight), "of 8"],
    ["wrong size", file({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, eight), "needs 12"],
    ["unknown type", file({ a: { dtype: "toString", shape: [1], data_offsets: [0, 8] } }, eight), "toString"],
    ["negative shape", file({ a: { dtype: "F32", shape: [-2], data_offsets: [0, 8] } }, eight), "shape"],
    ["no entry", file({ a: null }, eight), "dtype"],
    ["backwards", file({ a: { dtype: "F32", shape: [], data_offsets: [8, 4] } }, eight), "8 to 4"],
    [
      "half a byte",
      file({ a: { dtype: "F4", shape: [3], data_offsets: [0, 2] } }, new Uint8Array(2)),
      "needs 1.5",
    ],
    [
      "overflow",
      file({ a: { dtype: "F32", shape: [2 ** 52, 2 ** 52, 0], data_offsets: [0, 8] } }, eight),
      "needs 0",
    ],
    [
      "infinite",
      file({ a: { dtype: "F32", shape: Array(40).fill(2 ** 52), data_offsets: [0, 8] } }, eight),
      "needs Inf",
    ],
    ["not read here", file({ a: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, eight), "only F64"],
    ["metadata", file({ __metadata__: { a: 1 } }), "strings"],
  ] as const)("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test.each([
    ["opened", openAll],
    ["streamed", decodeAll],
  ] as const)("%s: also where a source or a stream ends early or goes on", async (_, read) => {
    const whole = writeSafetensors([["a", { shape: [2], data: new Float32Array(2) }]]);
    expect((await read(whole)).size).toBe(1);
    for (let length = 0; length < whole.length; length++) {
      await expect(read(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow(SafetensorsError);
    }
    await expect(read(new Uint8Array([...whole, 0]))).rejects.toThrow(/end at byte|after the last/);
    await expect(
      read(file({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, eight)),
    ).rejects.toThrow("needs 12");
  });
});

test("names are data: of objects, of numbers, and the order stays", () => {
  const names = ["10", "__proto__", "9", "constructor", "toString", "", 'a"\n\u00e9\u{1f600}'];
  const bytes = writeSafetensors(
    names.map((name, i) => [name, { shape: [], data: new Float32Array([i]) }]),
    JSON.parse('{"__proto__":"x","1":"y"}'),
  );
  const { tensors, metadata } = readSafetensors(bytes);
  expect([...tensors].map(([name, { data }]) => [name, data[0]])).toEqual(names.map((name, i) => [name, i]));
  expect(Object.entries(metadata).sort()).toEqual([
    ["1", "y"],
    ["__proto__", "x"],
  ]);
});

test("tensors come in the order of their data, and empty ones take no room", () => {
  const bytes = file(
    { b: f32(4, 8), none: { dtype: "I8", shape: [0, 3], data_offsets: [4, 4] }, a: f32(0, 4) },
    new Uint8Array(8),
  );
  expect([...readSafetensors(bytes).tensors.keys()]).toEqual(["a", "none", "b"]);
  expect([...readSafetensors(writeSafetensors([])).tensors]).toEqual([]);
});

test("what cannot be read back is not written", () => {
  const one = { shape: [1], data: new Float32Array(1) };
  const refused = (...tensors: Parameters<typeof writeSafetensors>[0][]) =>
    expect(() => writeSafetensors(tensors.flatMap((each) => [...each])));
  refused([["a", one]], [["a", one]]).toThrow("taken");
  refused([["__metadata__", one]]).toThrow("taken");
  refused([["a", { ...one, shape: [2] }]]).toThrow("(2)");
  refused([["a", { ...one, shape: [-1, -1] }]]).toThrow("not a shape");
  refused([["a", { ...one, dtype: "I32" }]]).toThrow("as I32 from Float32Array");
  refused([["a", { shape: [1], data: new Int32Array(1), dtype: "F16" }]]).toThrow("as F16 from Int32Array");
  refused([["a", { shape: [1], data: new Float32Array([Number.NaN]), dtype: "I8" }]]).toThrow("NaN");
  const long = { big: "x".repeat(100_000_000) };
  expect(() => writeSafetensors([["a", one]], long)).toThrow(SafetensorsError);
  expect(() => writeSafetensors([], { a: 1 } as unknown as Record<string, string>)).toThrow("strings");
});

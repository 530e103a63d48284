import { expect, test } from "vitest";

// What the tests' own setup (.config/equal-numbers.ts) must not change: all of this holds without it.
test.each<[unknown, unknown]>([
  [
    [1, 2, 3],
    [1, 2, 3],
  ],
  [[Number.NaN], [Number.NaN]],
  [Float32Array.of(1, Number.NaN), Float32Array.of(1, Number.NaN)],
  [Buffer.from([1, 2]), Buffer.from([1, 2])],
  [BigInt64Array.of(1n), BigInt64Array.of(1n)],
  [[], []],
  [
    [1, { a: [2, 3] }],
    [1, { a: [2, 3] }],
  ],
  [
    [1, 2],
    [1, expect.any(Number)],
  ],
  [new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(1))],
])("%o equals %o", (a, b) => {
  expect(a).toEqual(b);
  expect(a).toStrictEqual(b);
  expect({ nested: [a] }).toEqual({ nested: [b] });
});

test.each<[unknown, unknown]>([
  [
    [1, 2, 3],
    [1, 2, 4],
  ],
  [[0], [-0]],
  [Float32Array.of(0), Float32Array.of(-0)],
  [
    [1, 2],
    [1, 2, 3],
  ],
  [Uint32Array.of(1), Uint32Array.of(1, 0)],
  [Uint32Array.of(1), Int32Array.of(1)],
  [Float32Array.of(0.5), Float64Array.of(0.5)],
  [Float32Array.of(1), [1]],
  [BigInt64Array.of(1n), BigInt64Array.of(2n)],
  [[1], ["1"]],
  [[1, undefined], [1]],
  [[Number.NaN], [undefined]],
  [
    [1, { a: [2, 3] }],
    [1, { a: [2, 4] }],
  ],
  [
    [1, 2],
    [1, expect.any(String)],
  ],
])("%o does not equal %o", (a, b) => {
  expect(a).not.toEqual(b);
  expect(b).not.toEqual(a);
  expect({ nested: [a] }).not.toEqual({ nested: [b] });
});

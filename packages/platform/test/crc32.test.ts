import { crc32 as oracle } from "node:zlib";
import { expect, test } from "vitest";
import { crc32 } from "../src/crc32.js";

test("the check value of the standard, in one piece and in two of any length", () => {
  const bytes = new TextEncoder().encode("123456789");
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(0xcbf43926);
  }
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test("as zlib has it", () => {
  const bytes = Uint8Array.from({ length: 1001 }, (_, i) => (i * 7919) >> 3);
  for (let length = 0; length <= bytes.length; length += 77) {
    expect(crc32(bytes.subarray(0, length))).toBe(oracle(bytes.subarray(0, length)));
  }
});

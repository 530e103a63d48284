import { describe, expect, test } from "vitest";
import { noise } from "../../cases.js";
import { upload } from "./buffers.js";
import { nativeEngines } from "./engines.js";

describe.each(Object.entries(await nativeEngines(2)))("sums on %s", (_, on) => {
  test.each([1, 3, 15, 16, 17, 32, 33, 64, 100, 257, 65_537, 200_001])(
    "of %i elements are exact",
    async (length) => {
      // Multiples of 1/64, so that a double holds every sum.
      const values = noise(length, 5).map((value) => Math.round(64 * value) / 64);
      const [x, out] = [upload(on, values), on.allocate(2, "float32")];
      on.sums({ tensors: [{ x, squares: true }], out, index: 1 });
      on.sum({ x, factor: 2, out });
      const [sum, squares] = await on.download(out);
      expect(sum).toBe(Math.fround(2 * values.reduce((a, b) => a + b, 0)));
      expect(squares).toBe(Math.fround(values.reduce((a, b) => a + b * b, 0)));
      for (const buffer of [x, out]) on.free(buffer);
    },
  );
});

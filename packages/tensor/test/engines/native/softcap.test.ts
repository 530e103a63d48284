import { wasmEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { upload } from "./buffers.js";
import { nativeEngines } from "./engines.js";

/** Everywhere that is of interest, in a number that no vector divides. */
const inputs = Float32Array.from([
  ...Array.from({ length: 4000 }, (_, i) => (i - 2000) / 40),
  ...[0, -0, 1e-30, -1e-8, 1e-3, 9.374, 9.376, -9.374, -9.376, 1e4, -1e4],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
]);

const engines = { wasm: await wasmEngine({ threads: 1 }), ...(await nativeEngines(1)) };

describe.each(Object.entries(engines))("on %s", (_, on) => {
  test.each([15, 0.5, 30])("a cap of %d is that of the formula", async (cap) => {
    const [x, out] = [upload(on, inputs), on.allocate(inputs.length, "float32")];
    on.softcap({ x, out, cap });
    const actual = await on.download(out);
    inputs.forEach((x, i) => {
      const expected = cap * Math.tanh(x / cap);
      if (Number.isNaN(expected)) expect(actual[i]).toBeNaN();
      else if (!(Math.abs(actual[i]! - expected) <= 4e-7 * Math.abs(expected) + 1e-37))
        expect(`${actual[i]} of ${x}`).toBe(`${expected}`);
    });
    for (const buffer of [x, out]) on.free(buffer);
  });
});

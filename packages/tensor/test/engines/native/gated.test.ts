import { type Engine, referenceEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "../../cases.js";
import "../../close.js";
import { upload } from "./buffers.js";
import { nativeEngines } from "./engines.js";

/** The gated unit and its gradient, written and then added to. */
async function gated(on: Engine, kind: "gelu" | "silu", rows: number, columns: number) {
  const make = (length: number, key: number) =>
    upload(
      on,
      noise(length, key).map((value) => Math.fround(6 * value)),
    );
  const size = rows * columns;
  const [x, out, dOut, dX] = [make(2 * size, 1), make(size, 2), make(size, 3), make(2 * size, 4)];
  const results = [];
  on.gated({ kind, x, out, rows, columns });
  results.push(await on.download(out));
  for (const accumulate of [true, false]) {
    on.gatedBackward({ kind, x, dOut, dX: { buffer: dX, accumulate }, rows, columns });
    results.push(await on.download(dX));
  }
  for (const buffer of [x, out, dOut, dX]) on.free(buffer);
  return results;
}

describe.each(Object.entries(await nativeEngines(2)))("gated units on %s", (_, on) => {
  test.each([1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 1031])("of %i columns", async (columns) => {
    for (const kind of ["gelu", "silu"] as const) {
      for (const rows of [1, 16, 33]) {
        const expected = await gated(referenceEngine({ precision: "float64" }), kind, rows, columns);
        const actual = await gated(on, kind, rows, columns);
        for (const [i, values] of expected.entries()) {
          expect(actual[i]!).toBeAllclose(values, { rtol: 1e-5, atol: 2e-5 });
        }
      }
    }
  });
});

test("gated units are the same, bit for bit, on any number of threads", async () => {
  for (const products of ["avx2", "avx512"] as const) {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const engine = (await nativeEngines(threads))[`native ${products}`];
      if (engine) results.push(await gated(engine, "silu", 37, 1031));
    }
    for (const each of results) expect(each).toEqual(results[0]);
  }
});

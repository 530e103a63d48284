import { type Engine, referenceEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "../../cases.js";
import "../../close.js";
import { upload } from "./buffers.js";
import { nativeEngines } from "./engines.js";

/** The softmax of rows and its gradient, written and then added to. */
async function softmax(on: Engine, rows: number, columns: number) {
  const make = (key: number) =>
    upload(
      on,
      noise(rows * columns, key).map((value) => Math.fround(9 * value)),
    );
  const [x, y, dOut, dX] = [1, 2, 3, 4].map(make) as [
    ReturnType<typeof make>,
    ReturnType<typeof make>,
    ReturnType<typeof make>,
    ReturnType<typeof make>,
  ];
  on.softmax({ x, out: y, rows, columns });
  const results = [await on.download(y)];
  for (const accumulate of [true, false]) {
    on.softmaxBackward({ y, dOut, dX: { buffer: dX, accumulate }, rows, columns });
    results.push(await on.download(dX));
  }
  on.softmax({ x, out: x, rows, columns });
  results.push(await on.download(x));
  for (const buffer of [x, y, dOut, dX]) on.free(buffer);
  return results;
}

describe.each(Object.entries(await nativeEngines(2)))("softmax on %s", (_, on) => {
  test.each([1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 1031])("of %i columns", async (columns) => {
    for (const rows of [1, 16, 33]) {
      const expected = await softmax(referenceEngine({ precision: "float64" }), rows, columns);
      const actual = await softmax(on, rows, columns);
      for (const [i, values] of expected.entries()) {
        expect(actual[i]!).toBeAllclose(values, { rtol: 1e-5, atol: 2e-6 });
      }
    }
  });
});

import { type DeviceBuffer, type Engine, referenceEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "../../cases.js";
import "../../close.js";
import { upload } from "./buffers.js";
import { nativeEngines } from "./engines.js";

/** What is given besides x: "mean" for LayerNorm, gain, bias, and a residual. */
type Given = "mean" | "gain" | "bias" | "residual";

/** Everything that a norm and its gradient write; what is added to begins as something else than 0. */
async function norm(on: Engine, rows: number, columns: number, given: readonly Given[]) {
  const made: DeviceBuffer[] = [];
  const make = (length: number, key: number) => {
    const buffer = upload(on, noise(length, key).map(Math.fround));
    made.push(buffer);
    return buffer;
  };
  const size = rows * columns;
  const [x, residual, sum, out, dOut, dX] = [1, 2, 3, 4, 5, 6].map((key) =>
    make(size, key),
  ) as DeviceBuffer[];
  const maybe = (name: Given, length: number, key: number) =>
    given.includes(name) ? make(length, key) : null;
  const [gain, bias, mean] = [maybe("gain", columns, 7), maybe("bias", columns, 8), maybe("mean", rows, 9)];
  const [rstd, dGain, dBias] = [make(rows, 10), make(columns, 11), make(columns, 12)];
  const common = { gain, mean, rstd, rows, columns };
  const forward = { ...common, x: x!, bias, out: out!, eps: 1e-3 };
  if (given.includes("residual")) on.residualNorm({ ...forward, residual: residual!, sum: sum! });
  else on.norm(forward);
  const input = given.includes("residual") ? sum! : x!;
  const backward = { ...common, x: input, dOut: dOut! };
  const into = (buffer: DeviceBuffer, accumulate: boolean) => ({ buffer, accumulate });
  const results = await Promise.all(
    [sum!, out!, rstd, ...(mean ? [mean] : [])].map((each) => on.download(each)),
  );
  for (const add of [true, false]) {
    on.normBackward({
      ...backward,
      dX: into(dX!, add),
      dGain: gain ? into(dGain, add) : null,
      dBias: bias ? into(dBias, add) : null,
    });
    results.push(...(await Promise.all([dX!, dGain, dBias].map((each) => on.download(each)))));
  }
  for (const buffer of made) on.free(buffer);
  return results;
}

const kinds: readonly (readonly Given[])[] = [
  [],
  ["gain"],
  ["residual"],
  ["mean"],
  ["mean", "gain", "bias"],
  ["mean", "gain", "bias", "residual"],
];

describe.each(Object.entries(await nativeEngines(2)))("norms on %s", (_, on) => {
  test.each([2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 257])("of %i columns", async (columns) => {
    for (const given of kinds) {
      for (const rows of [1, 5, 40]) {
        const expected = await norm(referenceEngine({ precision: "float64" }), rows, columns, given);
        const actual = await norm(on, rows, columns, given);
        for (const [i, values] of expected.entries()) {
          expect(actual[i]!).toBeAllclose(values, { rtol: 2e-5, atol: 2e-5 });
        }
      }
    }
  });
});

test("norms are the same, bit for bit, on any number of threads", async () => {
  for (const products of ["avx2", "avx512"] as const) {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const engine = (await nativeEngines(threads))[`native ${products}`];
      if (engine) results.push(await norm(engine, 301, 101, ["mean", "gain", "bias", "residual"]));
    }
    for (const each of results) expect(each).toEqual(results[0]);
  }
});

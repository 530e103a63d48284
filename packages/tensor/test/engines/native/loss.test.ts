import { type Engine, referenceEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "../../cases.js";
import "../../close.js";
import { upload } from "./buffers.js";
import { nativeEngines } from "./engines.js";

/** Loss, logs of sums and gradient, written and then added to, of logits with some that are far from the others. */
async function loss(on: Engine, rows: number, classes: number) {
  const values = noise(rows * classes, rows, classes).map((value, i) =>
    Math.fround(value * (i % 7 === 3 ? 60 : 4)),
  );
  const logits = upload(on, values);
  const targets = upload(
    on,
    Array.from({ length: rows }, (_, r) => (r % 5 === 4 ? -100 : (r * 37) % classes)),
    "int32",
  );
  const mask = upload(
    on,
    Array.from({ length: rows }, (_, r) => (r % 3) / 2),
  );
  const dLoss = upload(on, [0.5]);
  const [logSumExp, lossOut, total] = [2 * rows, 1, 1].map((length) => on.allocate(length, "float32"));
  const dLogits = upload(on, values);
  const common = {
    logits,
    targets,
    mask,
    ignoreIndex: -100,
    logSumExp: logSumExp!,
    divisor: total!,
    rows,
    classes,
  };
  on.crossEntropy({ ...common, reduction: "mean", loss: lossOut! });
  on.crossEntropyBackward({ ...common, dLoss, dLogits: { buffer: dLogits, accumulate: true } });
  const added = await on.download(dLogits);
  on.crossEntropyBackward({ ...common, dLoss, dLogits: { buffer: logits, accumulate: false } });
  const results = [
    await on.download(lossOut!),
    await on.download(logSumExp!),
    await on.download(logits),
    added,
  ];
  for (const buffer of [logits, targets, mask, dLoss, logSumExp!, lossOut!, total!, dLogits]) on.free(buffer);
  return results;
}

describe.each(Object.entries(await nativeEngines(2)))("crossEntropy on %s", (_, on) => {
  test.each([1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65, 100, 257, 4099])("of %i classes", async (classes) => {
    for (const rows of [1, 3, 11]) {
      const expected = await loss(referenceEngine({ precision: "float64" }), rows, classes);
      const actual = await loss(on, rows, classes);
      for (const [i, values] of expected.entries()) {
        expect(actual[i]!).toBeAllclose(values, { rtol: 3e-6, atol: 2e-6 });
      }
    }
  });

  test("of a class that is ruled out, and of logits that are not numbers", async () => {
    for (const [odd, expected] of [
      [Number.NEGATIVE_INFINITY, Math.log(32)],
      [Number.NaN, Number.NaN],
    ] as const) {
      const logits = upload(on, new Float32Array(33).fill(0).with(20, odd));
      const targets = upload(on, [32], "int32");
      const [logSumExp, loss, total] = [2, 1, 1].map((length) => on.allocate(length, "float32"));
      on.crossEntropy({
        logits,
        targets,
        mask: null,
        ignoreIndex: -100,
        reduction: "mean",
        logSumExp: logSumExp!,
        loss: loss!,
        divisor: total!,
        rows: 1,
        classes: 33,
      });
      const [value] = await on.download(loss!);
      if (Number.isNaN(expected)) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(expected, 5);
      for (const buffer of [logits, targets, logSumExp!, loss!, total!]) on.free(buffer);
    }
  });
});

test("the loss is the same, bit for bit, on any number of threads", async () => {
  for (const products of ["avx2", "avx512"] as const) {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const engine = (await nativeEngines(threads))[`native ${products}`];
      if (engine) results.push(await loss(engine, 37, 1031));
    }
    for (const each of results) expect(each).toEqual(results[0]);
  }
});

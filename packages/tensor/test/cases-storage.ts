import { embedding, linear, linearCrossEntropy, scale, type Tensor, tensor } from "@llm/tensor";
import { type Case, ids, noise } from "./cases.js";

const weight = (shape: readonly number[], key = 41): Tensor =>
  tensor(
    noise(
      shape.reduce((a, b) => a * b, 1),
      key,
    ),
    shape,
    "bfloat16",
  );

/** What takes a frozen weight in bfloat16, differentiated by the rest. */
function* storages(): Generator<Case> {
  for (const [rows, columns, n] of [
    [1, 64, 96],
    [3, 17, 5],
    [2, 48, 257],
    [4, 33, 100],
    [70, 100, 37],
  ] as const) {
    for (const transposed of [false, true]) {
      const shape = transposed ? [n, columns] : [columns, n];
      yield {
        name: `linear ${rows}x${n}x${columns} of bfloat16${transposed ? " transposed" : ""}`,
        inputs: [[rows, columns], [n], [rows, n]],
        run: ([x, bias, residual]) =>
          linear(scale(x!, 3), weight(shape), bias!, { transposed, activation: "gelu", residual: residual! }),
      };
    }
  }
  yield {
    name: "embedding in bfloat16 with positions",
    inputs: [[5, 17]],
    run: ([position]) => embedding(ids([2, 3], 11), weight([11, 17]), { position: position!, offset: 1 }),
  };
  yield {
    name: "a tied table in bfloat16",
    inputs: [[5, 7]],
    run: ([x]) => {
      const table = weight([13, 7]);
      const residual = embedding(ids([5], 13), table);
      return linear(linear(x!, table, null, { transposed: true }), table, null, { residual });
    },
  };
  for (const chunk of [{}, { rows: 3, classes: 20 }]) {
    yield {
      name: `linearCrossEntropy of bfloat16 in ${JSON.stringify(chunk)}`,
      inputs: [[7, 19]],
      run: ([x]) => linearCrossEntropy(x!, weight([50, 19]), ids([7], 50), { chunk, softcap: 3 }),
    };
  }
}

/** Products and rows of weights that are stored in fewer bits. */
export const storageCases: readonly Case[] = [...storages()];

import { crossEntropy, linearCrossEntropy, scale, tensor } from "@llm/tensor";
import { type Case, ids } from "./cases.js";

const rows = 7;
const advantages = () => tensor([-1, 0, 2, 0.5, -0.25, 1, -3], [rows]);

function* reductions(): Generator<Case> {
  for (const reduction of ["mean", "sum"] as const) {
    // Without its last row, which is ignored, the sum of the weights is positive.
    const options = { reduction, mask: advantages, ignoreIndex: 9 };
    const goals = (classes: number) => {
      const targets = Array.from({ length: rows }, (_, r) => (r * 5) % classes);
      return tensor([...targets.slice(0, -1), 9], [rows], "int32");
    };
    for (const classes of [1, 3, 65]) {
      yield {
        name: `crossEntropy of ${classes}, ${reduction} with weights of both signs`,
        inputs: [[rows, classes]],
        run: ([z]) => crossEntropy(scale(z!, 4), goals(classes), { ...options, mask: options.mask() }),
      };
    }
    for (const chunk of [{}, { rows: 3, classes: 8 }]) {
      yield {
        name: `linearCrossEntropy by ${JSON.stringify(chunk)}, ${reduction} with weights of both signs`,
        inputs: [
          [rows, 6],
          [20, 6],
        ],
        run: ([x, w]) =>
          scale(
            linearCrossEntropy(x!, w!, goals(20), { ...options, mask: options.mask(), softcap: 3, chunk }),
            2,
          ),
      };
    }
    yield {
      name: `crossEntropy of weights of 0, ${reduction}`,
      inputs: [[rows, 3]],
      run: ([z]) => crossEntropy(z!, ids([rows], 3), { reduction, mask: scale(advantages(), 0) }),
    };
  }
  const nothing = () => tensor([-100, -100], [2], "int32");
  yield {
    name: "crossEntropy of nothing, sum",
    inputs: [[2, 3]],
    run: ([z]) => crossEntropy(z!, nothing(), { reduction: "sum" }),
  };
  yield {
    name: "linearCrossEntropy of nothing, sum",
    inputs: [
      [2, 3],
      [4, 3],
    ],
    run: ([x, w]) => linearCrossEntropy(x!, w!, nothing(), { reduction: "sum" }),
  };
}

/** Losses with weights of both signs. */
export const lossCases: readonly Case[] = [...reductions()];

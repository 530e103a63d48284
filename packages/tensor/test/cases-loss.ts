import {
  add,
  crossEntropy,
  linearCrossEntropy,
  linearLogProbabilities,
  logProbabilities,
  mul,
  rmsNorm,
  scale,
  sum,
  tensor,
} from "@llm/tensor";
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

function* logProbabilitiesOfTargets(): Generator<Case> {
  for (const classes of [1, 2, 17, 65, 300]) {
    yield {
      name: `logProbabilities of ${classes}`,
      inputs: [[2, rows, classes]],
      run: ([z]) => logProbabilities(scale(z!, 4), ids([2, rows], classes), { ignoreIndex: 1 }),
    };
  }
  yield {
    name: "logProbabilities of logits that are used again",
    inputs: [[3, 5]],
    run: ([z]) => add(logProbabilities(z!, ids([3], 5)), sum(mul(z!, z!), -1)),
  };
  for (const [classes, columns, softcap, chunk] of [
    [1, 3, 0, {}],
    [17, 3, 0, { rows: 3 }],
    [100, 17, 2, { rows: 4, classes: 16 }],
    [257, 64, 3, { classes: 33 }],
    [257, 5, 0, {}],
  ] as const) {
    yield {
      name: `linearLogProbabilities ${classes} x ${columns} capped ${softcap} by ${JSON.stringify(chunk)}`,
      inputs: [
        [rows, columns],
        [classes, columns],
      ],
      run: ([x, w]) =>
        linearLogProbabilities(scale(x!, 2), w!, ids([rows], classes), { ignoreIndex: 3, softcap, chunk }),
    };
  }
  const chunk = { rows: 2, classes: 2 };
  yield {
    name: "linearLogProbabilities of a tied table, its weight used again",
    inputs: [[5, 8]],
    run: ([w]) => mul(linearLogProbabilities(rmsNorm(w!), w!, ids([5], 5), { chunk }), sum(mul(w!, w!), -1)),
  };
  yield {
    name: "linearLogProbabilities of a table with itself",
    inputs: [[5, 8]],
    run: ([w]) => linearLogProbabilities(w!, w!, ids([5], 5), { chunk }),
  };
  const nothing = () => tensor([-100, -100], [2], "int32");
  yield {
    name: "logProbabilities of nothing",
    inputs: [[2, 3]],
    run: ([z]) => logProbabilities(z!, nothing()),
  };
  yield {
    name: "linearLogProbabilities of nothing",
    inputs: [
      [2, 3],
      [4, 3],
    ],
    run: ([x, w]) => linearLogProbabilities(x!, w!, nothing()),
  };
}

/** Losses with weights of both signs, and log-probabilities. */
export const lossCases: readonly Case[] = [...reductions(), ...logProbabilitiesOfTargets()];

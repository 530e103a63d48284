import {
  type AttentionOptions,
  add,
  concat,
  linearCrossEntropy,
  max,
  mean,
  mul,
  relu2,
  reshape,
  residualLayerNorm,
  residualRmsNorm,
  rmsNorm,
  rope,
  ropeQkv,
  ropeTable,
  scale,
  selfAttention,
  silu,
  slice,
  softcap,
  sum,
  swiglu,
  type Tensor,
  tensor,
} from "@llm/tensor";
import { type Case, ids, noise } from "./cases.js";

const sizes = [1, 3, 17, 64, 100, 257] as const;

function* rotations(): Generator<Case> {
  for (const [headDim, rotaryDim] of [
    [2, 2],
    [3, 2],
    [17, 6],
    [64, 64],
    [100, 50],
    [257, 256],
  ] as const) {
    for (const interleaved of [false, true]) {
      const name = `${interleaved ? "interleaved" : "halves"} ${rotaryDim}/${headDim}`;
      yield {
        name: `rope ${name}`,
        inputs: [[2, 5, 3, headDim]],
        run: ([x]) => rope(x!, ropeTable(9, rotaryDim, { base: 50 }), { offset: 4, interleaved }),
      };
      yield {
        name: `rope of qkv ${name}`,
        inputs: [[2, 3, 8 * headDim]],
        run: ([qkv]) => {
          const table = ropeTable(3, rotaryDim);
          return ropeQkv(mul(qkv!, qkv!), table, { nHead: 4, nKvHead: 2, interleaved, inverse: true });
        },
      };
    }
  }
  // The gradient of x comes from two places, so that one is added to the other.
  yield {
    name: "rope of what is used twice",
    inputs: [[1, 3, 2, 4]],
    run: ([x]) => add(rope(x!, ropeTable(3, 4)), x!),
  };
}

function* attentions(): Generator<Case> {
  const shapes: readonly (readonly [number, number, number, AttentionOptions])[] = [
    [1, 1, 4, { nHead: 1, window: 1 }],
    [2, 3, 5, { nHead: 2, window: 2, softcap: 0.5 }],
    [2, 17, 8, { nHead: 4, nKvHead: 2, window: 1 }],
    [1, 64, 16, { nHead: 2, window: 64 }],
    [1, 64, 3, { nHead: 2, window: 17, scale: -0.4 }],
    [1, 100, 7, { nHead: 3, nKvHead: 1, window: 33, softcap: 3 }],
    [1, 100, 17, { nHead: 1, softcap: 1, scale: 1 }],
    [1, 257, 16, { nHead: 2, nKvHead: 1, window: 100, softcap: 50 }],
    [1, 257, 1, { nHead: 1, window: 1000 }],
  ];
  for (const [batch, length, headDim, options] of shapes) {
    const { nHead, nKvHead = nHead, window, softcap: cap } = options;
    yield {
      name: `selfAttention B${batch} T${length} D${headDim} H${nHead}/${nKvHead} window ${window} cap ${cap}`,
      inputs: [[batch, length, (nHead + 2 * nKvHead) * headDim]],
      run: ([qkv]) => selfAttention(scale(qkv!, 2), options),
    };
  }
}

/** Normalised queries and keys, as Qwen 3 and nanochat have them: composed of slices. */
function* normalizedAttentions(): Generator<Case> {
  for (const rotateFirst of [false, true]) {
    yield {
      name: `attention of normalised queries and keys, rope ${rotateFirst ? "first" : "after"}`,
      inputs: [[2, 17, 8 * 6], [6], [6]],
      run: ([qkv, qGain, kGain]) => {
        const table = ropeTable(17, 6);
        const heads = { nHead: 4, nKvHead: 2 };
        const turn = (x: Tensor) => ropeQkv(reshape(x, [2, 17, 48]), table, heads);
        const columns = reshape(rotateFirst ? turn(qkv!) : qkv!, [2, 17, 8, 6]);
        const q = rmsNorm(slice(columns, 2, 0, 4), qGain!, { eps: 1e-3 });
        const k = rmsNorm(slice(columns, 2, 4, 6), kGain!, { eps: 1e-3 });
        const normed = reshape(concat([q, k, slice(columns, 2, 6, 8)], 2), [2, 17, 48]);
        return selfAttention(rotateFirst ? normed : turn(normed), { ...heads, scale: 1.2 });
      },
    };
  }
}

function* activations(): Generator<Case> {
  for (const n of sizes) {
    yield { name: `relu2 ${n}`, inputs: [[n]], run: ([x]) => relu2(scale(x!, 3)) };
    yield { name: `silu ${n}`, inputs: [[n]], run: ([x]) => silu(scale(x!, 6)) };
    yield { name: `softcap ${n}`, inputs: [[n]], run: ([x]) => softcap(scale(x!, 9), 4) };
    yield { name: `softcap of little ${n}`, inputs: [[n]], run: ([x]) => softcap(x!, 15) };
    yield { name: `swiglu ${n}`, inputs: [[3, 2 * n]], run: ([x]) => swiglu(scale(x!, 4)) };
    yield {
      name: `swiglu of what is used twice ${n}`,
      inputs: [[2, 2 * n]],
      run: ([x]) => add(swiglu(x!, { activation: "gelu" }), slice(x!, 1, 0, n)),
    };
  }
  for (const activation of ["gelu-erf", "relu2"] as const) {
    yield { name: `gated ${activation}`, inputs: [[5, 34]], run: ([x]) => swiglu(x!, { activation }) };
  }
}

function* residuals(): Generator<Case> {
  for (const columns of sizes) {
    const shape = [5, columns];
    yield {
      name: `residualLayerNorm ${columns}`,
      inputs: [shape, shape, [columns], [columns]],
      run: ([x, r, gain, bias]) => {
        const { sum, normed } = residualLayerNorm(x!, r!, gain!, bias!, { eps: 1e-2 });
        return add(sum, scale(normed, 0.7));
      },
    };
    yield {
      name: `residualRmsNorm ${columns}`,
      inputs: [shape, shape, [columns]],
      run: ([x, r, gain]) => residualRmsNorm(x!, r!, gain!).normed,
    };
    yield {
      name: `residualRmsNorm chain ${columns}`,
      inputs: [shape, shape],
      run: ([x, r]) => {
        const first = residualRmsNorm(x!, r!);
        const second = residualRmsNorm(first.sum, mul(first.normed, r!));
        return add(second.normed, second.sum);
      },
    };
  }
}

function* losses(): Generator<Case> {
  for (const classes of [2, 17, 100, 257]) {
    for (const [columns, chunk] of [
      [17, {}],
      [3, { rows: 3 }],
      [64, { rows: 4, classes: 16 }],
      [1, { classes: 33 }],
    ] as const) {
      const rows = 7;
      const inputs = [
        [rows, columns],
        [classes, columns],
      ];
      const name = `${classes} x ${columns} by ${JSON.stringify(chunk)}`;
      yield {
        name: `linearCrossEntropy ${name}`,
        inputs,
        run: ([x, w]) => linearCrossEntropy(scale(x!, 3), w!, ids([rows], classes), { chunk }),
      };
      yield {
        name: `linearCrossEntropy capped and masked ${name}`,
        inputs,
        run: ([x, w]) => {
          const mask = tensor([1, 0, 1, 0.5, 1, 1, 0], [rows]);
          return linearCrossEntropy(x!, w!, ids([rows], classes), {
            mask,
            ignoreIndex: 1,
            softcap: 2,
            chunk,
          });
        },
      };
    }
  }
  yield {
    name: "linearCrossEntropy of a tied table, scaled",
    inputs: [[5, 8]],
    run: ([w]) => scale(linearCrossEntropy(rmsNorm(w!), w!, ids([5], 5)), 3),
  };
  yield {
    name: "linearCrossEntropy of nothing",
    inputs: [
      [2, 3],
      [4, 3],
    ],
    run: ([x, w]) => linearCrossEntropy(x!, w!, tensor([-100, -100], [2], "int32")),
  };
}

function* reductions(): Generator<Case> {
  for (const n of sizes) {
    for (const axis of [0, 1, -1]) {
      const name = `axis ${axis} of 2, ${n}, 3`;
      const shape = [2, n, 3];
      yield { name: `sum ${name}`, inputs: [shape], run: ([x]) => sum(x!, axis) };
      yield {
        name: `mean ${name}`,
        inputs: [shape],
        run: ([x]) => mul(mean(x!, axis), mean(mul(x!, x!), axis)),
      };
      yield { name: `max ${name}`, inputs: [shape], run: ([x]) => add(max(x!, axis), sum(x!, axis)) };
    }
    yield { name: `row sums ${n}`, inputs: [[3, n]], run: ([x]) => sum(mul(x!, x!), -1) };
  }
  yield {
    name: "max of equals",
    inputs: [[3]],
    run: ([x]) => max(add(scale(reshape(x!, [1, 3]), 1e-3), tensor([1, 2, 2], [1, 3])), 1),
  };
}

/** What the fused kernels and reductions must do, at odd sizes. */
export const fusedCases: readonly Case[] = [
  ...rotations(),
  ...attentions(),
  ...normalizedAttentions(),
  ...activations(),
  ...residuals(),
  ...losses(),
  ...reductions(),
];

/** Values for tests of what has no gradient. */
export const noiseTensor = (shape: readonly number[], ...keys: number[]) =>
  tensor(
    noise(
      shape.reduce((a, b) => a * b, 1),
      ...keys,
    ),
    shape,
  );

import {
  type AttentionOptions,
  add,
  concat,
  crossEntropy,
  dropout,
  embedding,
  gelu,
  layerNorm,
  linear,
  matmul,
  mean,
  mul,
  permute,
  reshape,
  rmsNorm,
  rng,
  scale,
  selfAttention,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
} from "@llm/tensor";

/** One operation at one size: what it is differentiated by, and how it is called. */
export interface Case {
  readonly name: string;
  /** Shapes of the inputs that are differentiated. */
  readonly inputs: readonly (readonly number[])[];
  readonly run: (inputs: Tensor[]) => Tensor;
}

/** Reproducible values in [-1, 1), different for each key. */
export function noise(length: number, ...keys: number[]): Float64Array {
  const next = rng(7, ...keys);
  return Float64Array.from({ length }, () => 2 * next() - 1);
}

/** Reproducible ids below a number. */
export function ids(shape: readonly number[], below: number, key = 0): Tensor {
  const next = rng(11, key);
  const length = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Array.from({ length }, () => Math.floor(next() * below)),
    shape,
    "int32",
  );
}

const sizes = [1, 3, 17, 64, 100, 257] as const;

function* products(): Generator<Case> {
  const shapes = [
    [1, 1, 1],
    [3, 17, 5],
    [17, 3, 64],
    [2, 16, 8],
    [64, 33, 17],
    [5, 100, 400],
    [100, 257, 3],
    [257, 1, 100],
  ] as const;
  for (const [m, n, k] of shapes) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = transposeA ? [k, m] : [m, k];
        const b = transposeB ? [n, k] : [k, n];
        const name = `matmul ${m}x${n}x${k} ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`;
        yield { name, inputs: [a, b], run: ([x, y]) => matmul(x!, y!, { transposeA, transposeB }) };
        if (k > 100) continue;
        yield {
          name: `batched ${name}`,
          inputs: [
            [3, ...a],
            [3, ...b],
          ],
          run: ([x, y]) => matmul(x!, y!, { transposeA, transposeB }),
        };
      }
    }
  }
  for (const activation of [undefined, "gelu", "gelu-erf", "relu2", "silu"] as const) {
    for (const transposed of [false, true]) {
      for (const n of [1, 16, 37, 100, 257]) {
        yield {
          name: `linear ${activation ?? "plain"} n=${n}${transposed ? " transposed" : ""}`,
          inputs: [[2, 3, 19], transposed ? [n, 19] : [19, n], [n]],
          run: ([x, w, b]) =>
            linear(scale(x!, 3), w!, b!, activation ? { transposed, activation } : { transposed }),
        };
      }
    }
  }
  for (const activation of [undefined, "gelu", "relu2"] as const) {
    for (const [rows, n, k] of [
      [2, 37, 19],
      [7, 16, 5],
      [13, 100, 64],
      [40, 257, 17],
      [300, 24, 33],
    ] as const) {
      yield {
        name: `linear ${activation ?? "plain"} ${rows}x${n}x${k} with a residual`,
        inputs: [[1, rows, k], [k, n], [n], [1, rows, n]],
        run: ([x, w, b, residual]) =>
          linear(x!, w!, b!, activation ? { activation, residual: residual! } : { residual: residual! }),
      };
    }
  }
  yield {
    name: "linear with its own input as a residual, which is used again",
    inputs: [
      [6, 32],
      [32, 32],
    ],
    run: ([x, w]) => add(linear(x!, w!, null, { residual: x!, activation: "silu" }), x!),
  };
  yield {
    name: "linear without bias",
    inputs: [
      [7, 9],
      [9, 5],
    ],
    run: ([x, w]) => linear(x!, w!),
  };
}

function* norms(): Generator<Case> {
  for (const columns of [...sizes, 130]) {
    const shape = [5, columns];
    yield {
      name: `layerNorm ${columns}`,
      inputs: [shape, [columns], [columns]],
      run: ([x, g, b]) => layerNorm(x!, g!, b!, { eps: 1e-2 }),
    };
    yield {
      name: `layerNorm bare ${columns}`,
      inputs: [shape],
      run: ([x]) => layerNorm(x!, null, null, { eps: 1e-2 }),
    };
    yield {
      name: `layerNorm gain ${columns}`,
      inputs: [shape, [columns]],
      run: ([x, g]) => layerNorm(x!, g!, null, { eps: 1e-2 }),
    };
    yield { name: `rmsNorm ${columns}`, inputs: [shape, [columns]], run: ([x, g]) => rmsNorm(x!, g!) };
    yield { name: `rmsNorm bare ${columns}`, inputs: [shape], run: ([x]) => rmsNorm(x!) };
  }
}

function* attentions(): Generator<Case> {
  const shapes: readonly (readonly [number, number, number, AttentionOptions])[] = [
    [1, 1, 4, { nHead: 1 }],
    [2, 3, 5, { nHead: 2, causal: true }],
    [2, 17, 8, { nHead: 4, nKvHead: 2 }],
    [1, 64, 16, { nHead: 2, scale: 0.3 }],
    [1, 100, 7, { nHead: 3, nKvHead: 1 }],
    [1, 130, 32, { nHead: 1 }],
  ];
  for (const [batch, length, headDim, options] of shapes) {
    const width = (options.nHead + 2 * (options.nKvHead ?? options.nHead)) * headDim;
    yield {
      name: `selfAttention B${batch} T${length} D${headDim} H${options.nHead}/${options.nKvHead ?? options.nHead}`,
      inputs: [[batch, length, width]],
      run: ([qkv]) => selfAttention(scale(qkv!, 2), options),
    };
  }
}

function* losses(): Generator<Case> {
  for (const classes of [2, 3, 17, 65, 300]) {
    const rows = 7;
    yield {
      name: `crossEntropy ${classes}`,
      inputs: [[rows, classes]],
      run: ([x]) => crossEntropy(scale(x!, 4), ids([rows], classes)),
    };
    yield {
      name: `crossEntropy ${classes} masked`,
      inputs: [[1, rows, classes]],
      run: ([x]) => {
        const mask = tensor([1, 0, 1, 0.5, 1, 1, 0], [1, rows]);
        return crossEntropy(x!, ids([1, rows], classes), { mask, ignoreIndex: 1 });
      },
    };
    yield { name: `softmax ${classes}`, inputs: [[rows, classes]], run: ([x]) => softmax(scale(x!, 4)) };
  }
  yield {
    name: "crossEntropy of nothing",
    inputs: [[2, 3]],
    run: ([x]) => crossEntropy(x!, tensor([-100, -100], [2], "int32")),
  };
}

function* others(): Generator<Case> {
  for (const n of [...sizes, 4099]) {
    const shape = [n];
    yield { name: `gelu ${n}`, inputs: [shape], run: ([x]) => gelu(scale(x!, 6)) };
    yield {
      name: `gelu erf ${n}`,
      inputs: [shape],
      run: ([x]) => gelu(scale(x!, 6), { approximate: "none" }),
    };
    yield { name: `add ${n}`, inputs: [shape, shape], run: ([a, b]) => add(a!, b!) };
    yield { name: `mul ${n}`, inputs: [shape, shape], run: ([a, b]) => mul(a!, b!) };
    yield { name: `mul with itself ${n}`, inputs: [shape], run: ([a]) => mul(a!, a!) };
    yield { name: `scale ${n}`, inputs: [shape], run: ([a]) => scale(a!, -1.5) };
    yield {
      name: `dropout ${n}`,
      inputs: [shape],
      run: ([a]) => dropout(a!, 0.3, { seed: 5, step: 2, stream: 1 }),
    };
    yield {
      name: `dropout of nothing ${n}`,
      inputs: [shape],
      run: ([a]) => dropout(a!, 0, { seed: 5, step: 2, stream: 1 }),
    };
    yield { name: `sum ${n}`, inputs: [shape], run: ([a]) => sum(a!) };
    yield { name: `mean ${n}`, inputs: [shape], run: ([a]) => mean(a!) };
  }
  yield { name: "reshape", inputs: [[4, 6]], run: ([x]) => reshape(mul(x!, x!), [3, 8]) };
  yield { name: "slice", inputs: [[3, 5, 4]], run: ([x]) => slice(x!, 1, 1, 4) };
  yield {
    name: "slice of the last axis",
    inputs: [[3, 5]],
    run: ([x]) => add(slice(x!, -1, 0, 2), slice(x!, -1, 1, 3)),
  };
  yield {
    name: "concat",
    inputs: [
      [3, 2],
      [3, 5],
    ],
    run: ([a, b]) => concat([a!, b!, a!], 1),
  };
  yield { name: "permute", inputs: [[2, 3, 4, 5]], run: ([x]) => permute(x!, [2, 0, 3, 1]) };
  yield { name: "transpose", inputs: [[17, 33]], run: ([x]) => permute(x!, [1, 0]) };
  yield {
    name: "residual",
    inputs: [
      [6, 8],
      [8, 8],
    ],
    run: ([x, w]) => add(x!, linear(rmsNorm(x!), w!)),
  };
  for (const columns of sizes) {
    yield {
      name: `embedding ${columns}`,
      inputs: [
        [11, columns],
        [9, columns],
      ],
      run: ([table, position]) => embedding(ids([3, 6], 11), table!, { position: position!, offset: 2 }),
    };
    yield {
      name: `embedding without position ${columns}`,
      inputs: [[11, columns]],
      run: ([t]) => embedding(ids([3, 6], 11), t!),
    };
  }
  yield {
    name: "tied embedding",
    inputs: [[13, 8]],
    run: ([table]) => linear(embedding(ids([2, 5], 13), table!), table!, null, { transposed: true }),
  };
}

/** Every differentiable operation at odd sizes. */
export const cases: readonly Case[] = [...products(), ...norms(), ...attentions(), ...losses(), ...others()];

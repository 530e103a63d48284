// Random products, with weights in 8 bits too, attentions and kernels of rows against the reference in float64, for some time: on
// every native engine that is here, or on those of a list of `native`, `wasm` and `webgpu`. A crash of machine code would end the
// process.
//
//     npm run fuzz -w @llm/tensor [-- <seconds> [<seed> [<engines, as in wasm,webgpu>]]]
//
// For `webgpu` see scripts/webgpu.sh: LLM_WEBGPU names the folder that has the package.
import {
  crossEntropy,
  type Engine,
  layerNorm,
  linear,
  linearLogProbabilities,
  logProbabilities,
  matmul,
  nativeEngine,
  parameter,
  quantize,
  quantizedLinear,
  referenceEngine,
  residualRmsNorm,
  selfAttention,
  softcap,
  softmax,
  sum,
  swiglu,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { createWebgpu } from "../src/engines/webgpu/adapter.js";
import { useSoftware, webgpuFrom } from "../test/engines/webgpu/software.js";

const seconds = Number(process.argv[2] ?? 600);
let state = Number(process.argv[3] ?? 1);
/** A whole number from 0 up to `below`. */
const random = (below: number) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
/** Small numbers mostly, and around the borders of tiles and blocks. */
const size = () =>
  [1 + random(8), 1 + random(40), 1 + random(300), 248 + random(16), 760 + random(16)][random(5)]!;
const values = (length: number) => Float32Array.from({ length }, () => random(2000) / 1000 - 1);

const oracle = referenceEngine({ precision: "float64" });
const engines: Record<string, Engine> = {};
const make: Record<string, () => Promise<void>> = {
  async native() {
    for (const products of ["avx2", "avx512", "blas"] as const) {
      for (const threads of [1, 2, 3]) {
        try {
          engines[`${products}, ${threads} threads`] = await nativeEngine({ products, threads });
        } catch (error) {
          console.log(`Skipped: ${products}: ${(error as Error).message}`);
          break;
        }
      }
    }
  },
  async wasm() {
    for (const variant of ["baseline", "relaxed"] as const) {
      engines[`wasm, ${variant}`] = await wasmEngine({ variant, threads: 1 });
    }
  },
  async webgpu() {
    useSoftware();
    engines["webgpu"] = await createWebgpu(webgpuFrom ? { from: webgpuFrom } : {});
  },
};
const chosen = (process.argv[4] ?? "native").split(",");
for (const name of chosen) {
  if (!make[name])
    throw new Error(`"${name}" is no engine that is tried here: ${Object.keys(make).join(", ")}`);
  await make[name]();
}
/** Multiply-adds of a product at most: a GPU in software makes some millions a second. */
const MOST = chosen.includes("webgpu") ? 3e5 : 3e6;

interface Work {
  name: string;
  inputs: { data: Float32Array; shape: number[] }[];
  run: (inputs: Tensor[]) => Tensor;
  depth: number;
}

function product(): Work {
  let [m, n, k] = [size(), size(), size()];
  while (m * n * k > MOST)
    [m, n, k] = [Math.ceil(m / 2), n, k].sort(() => random(3) - 1) as [number, number, number];
  const batch = random(4) === 0 ? 1 + random(3) : 1;
  const [transposeA, transposeB] = [random(2) === 1, random(2) === 1];
  const shaped = (rows: number, columns: number) => (batch > 1 ? [batch, rows, columns] : [rows, columns]);
  const input = (shape: number[]) => ({ data: values(shape.reduce((a, b) => a * b, 1)), shape });
  if (random(3) === 0) {
    const activation = ([undefined, "gelu", "relu2", "silu"] as const)[random(4)];
    const added = random(2) === 1;
    return {
      name: `linear ${m} ${n} ${k} ${activation} ${added ? "with a residual" : ""}`,
      inputs: [input([m, k]), input([k, n]), input([n]), input(added ? [m, n] : [1])],
      run: ([x, w, b, r]) =>
        linear(x!, w!, b!, { ...(activation && { activation }), residual: added ? r! : null }),
      depth: Math.max(m, n, k),
    };
  }
  return {
    name: `matmul ${batch} ${m} ${n} ${k} ${transposeA} ${transposeB}`,
    inputs: [
      input(transposeA ? shaped(k, m) : shaped(m, k)),
      input(transposeB ? shaped(n, k) : shaped(k, n)),
    ],
    run: ([a, b]) => matmul(a!, b!, { transposeA, transposeB }),
    depth: Math.max(m, n, k),
  };
}

function attention(): Work {
  const [batch, length, headDim] = [1 + random(3), 1 + random(MOST < 1e6 ? 40 : 130), 1 + random(70)];
  const nKvHead = 1 + random(3);
  const nHead = nKvHead * (1 + random(3));
  const shape = [batch, length, (nHead + 2 * nKvHead) * headDim];
  const window = [0, 0, 1 + random(20), 1 + random(130)][random(4)]!;
  const softcap = [0, 0, 1, 30][random(4)]!;
  // Documents that begin now and then, anywhere that is allowed, or not at all.
  const often = [0, 3, 40, 1][random(4)]!;
  let begin = 0;
  const begins = Array.from({ length: batch * length }, (_, i) => {
    if (i % length === 0) begin = 0;
    else if (often === 1) begin = random((i % length) + 1);
    else if (often > 0 && random(often) === 0) begin = i % length;
    return begin;
  });
  const lengths = Array.from({ length: batch }, () => (random(3) === 0 ? random(length + 1) : length));
  const p = [0, 0, 0.2, 0.9][random(4)]!;
  const dropout = { p, seed: random(99), step: 1, stream: 2 };
  return {
    name: `attention ${batch} ${length} ${nHead} ${nKvHead} ${headDim}, window ${window}, cap ${softcap}, documents ${often}, lengths ${lengths}, dropout ${p}`,
    inputs: [{ data: values(shape.reduce((a, b) => a * b, 1)), shape }],
    run: ([qkv]) =>
      selfAttention(qkv!, {
        ...{ nHead, nKvHead, window, softcap, dropout },
        ...(often > 0 && { documents: tensor(begins, [batch, length], "int32") }),
        ...(lengths[0]! < length && { lengths: tensor(lengths, [batch], "int32") }),
      }),
    depth: Math.max(length, headDim),
  };
}

function quantizedProduct(): Work {
  let [rows, columns, n] = [1 + random(120), random(2) === 0 ? size() : 64 * (1 + random(12)), size()];
  while (rows * columns * n > MOST) [rows, n] = [Math.ceil(rows / 2), Math.ceil(n / 2)];
  const inputs = (["float32", "int8"] as const)[random(2)]!;
  const input = (shape: [number, number]) => ({ data: values(shape[0] * shape[1]), shape });
  return {
    name: `quantized ${rows} ${columns} ${n} ${inputs}`,
    inputs: [input([rows, columns]), input([n, columns])],
    run: ([x, w]) => quantizedLinear(x!, quantize(w!), null, { inputs }),
    depth: inputs === "int8" ? 1 : 1000 + columns, // WebAssembly rounds floats too
  };
}

/** A frozen weight in bfloat16: few rows of x half of the time, as in decoding. */
function storedProduct(): Work {
  let [rows, columns, n] = [random(2) === 0 ? 1 + random(3) : size(), size(), size()];
  while (rows * columns * n > MOST)
    [rows, columns, n] = [Math.ceil(rows / 2), Math.ceil(columns / 2), Math.ceil(n / 2)];
  const [weight, transposed] = [values(columns * n), random(2) === 0];
  const shape = transposed ? [n, columns] : [columns, n];
  return {
    name: `bfloat16 ${rows} ${columns} ${n} ${transposed}`,
    inputs: [{ data: values(rows * columns), shape: [rows, columns] }],
    run: ([x]) => linear(x!, tensor(weight, shape, "bfloat16"), null, { transposed }),
    depth: Math.max(columns, n),
  };
}

/** What walks along rows: norms, softmax and losses, gated units. */
function rows(): Work {
  const [height, width] = [size(), size()];
  const input = (...shape: number[]) => ({ data: values(shape.reduce((a, b) => a * b, 1)), shape });
  const x = input(height, width);
  // Neighbours of about one size would leave a narrow row's norm to the rounding of their difference.
  for (let i = 0; i < x.data.length; i++) x.data[i]! += 3 * ((i % width) % 2);
  const targets = Int32Array.from({ length: height }, () => random(width + 1) - 1);
  const kinds: readonly Omit<Work, "depth">[] = [
    { name: "layerNorm", inputs: [x, input(width), input(width)], run: ([x, g, b]) => layerNorm(x!, g!, b!) },
    {
      name: "residual",
      inputs: [x, x, input(width)],
      run: ([x, r, g]) => residualRmsNorm(x!, r!, g!).normed,
    },
    { name: "softmax", inputs: [x], run: ([x]) => softmax(x!) },
    { name: "swiglu", inputs: [input(height, 2 * width)], run: ([x]) => swiglu(x!) },
    { name: "softcap", inputs: [x], run: ([x]) => softcap(x!, 0.5) },
    {
      name: "crossEntropy",
      inputs: [x],
      run: ([x]) => crossEntropy(x!, tensor(targets, [height], "int32"), { ignoreIndex: -1 }),
    },
    {
      name: "logProbabilities",
      inputs: [x],
      run: ([x]) => logProbabilities(x!, tensor(targets, [height], "int32"), { ignoreIndex: -1 }),
    },
    {
      name: "linearLogProbabilities",
      inputs: [input(height, 5), input(width, 5)],
      run: ([x, w]) => {
        const goals = tensor(targets, [height], "int32");
        const chunk = { rows: 1 + (height >> 1), classes: 1 + (width >> 1) };
        return linearLogProbabilities(x!, w!, goals, { ignoreIndex: -1, softcap: 3, chunk });
      },
    },
  ];
  const work = kinds[random(kinds.length)]!;
  return { ...work, name: `${work.name} ${height} ${width}`, depth: 10 * Math.max(height, width) };
}

async function results(engine: Engine, { inputs, run }: Work): Promise<ArrayLike<number>[]> {
  await useEngine(engine);
  const parameters = inputs.map(({ data, shape }, i) => parameter(`${i}`, data, shape));
  let out: Promise<ArrayLike<number>> | undefined;
  const { value, grads } = valueAndGrad(() => {
    const made = run(parameters);
    out = made.data();
    return sum(made);
  }, parameters);
  const all = await Promise.all([out!, ...grads.map((grad) => grad.data())]);
  for (const each of [value, ...grads, ...parameters]) each.dispose();
  return all;
}

const end = performance.now() + seconds * 1e3;
let [checked, wrong] = [0, 0];
while (performance.now() < end && wrong < 5) {
  const seed = state;
  const work = [attention, quantizedProduct, storedProduct, rows, product, product][random(6)]!();
  const expected = await results(oracle, work);
  for (const [name, engine] of Object.entries(engines)) {
    const actual = await results(engine, work);
    const worst = Math.max(
      ...expected.map((list, i) => {
        const scale = Array.from(list).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        return Array.from(list).reduce((most, value, at) => {
          const error = Math.abs(value - actual[i]![at]!) / scale;
          return error > most || Number.isNaN(error) ? error : most;
        }, 0);
      }),
    );
    if (worst < 1e-5 + 1e-7 * work.depth && engine.memory.allocations === 0) continue;
    console.log(`WRONG: ${work.name} on ${name}: off by ${worst} (seed ${seed})`);
    wrong++;
  }
  checked++;
}
console.log(
  `${checked} calls and their gradients on ${Object.keys(engines).length} engines, ${wrong} wrong, last seed ${state}`,
);
process.exit(wrong === 0 ? 0 : 1);

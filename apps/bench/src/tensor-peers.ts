// What multiplies and trains in JavaScript: our engines and their peers, each given the same numbers.
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultDevice, init, valueAndGrad as jaxValueAndGrad, jit, nn, numpy as np } from "@jax-js/jax";
import * as llm from "@llm/tensor";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as ort from "onnxruntime-web";
import { onnxModel } from "./onnx.js";

export interface Matrix {
  data: Float32Array;
  shape: [number, number];
}

/** a (m, k) times b (k, n), either of them stored the other way round. */
export interface Product {
  a: Matrix;
  b: Matrix;
  transposeA: boolean;
  transposeB: boolean;
}

/** The second half of a transformer's block: x + gelu(norm(x) up) down. */
export interface Mlp {
  x: Matrix;
  up: Matrix;
  down: Matrix;
}

/** Work that was prepared: `run` does it once; it answers with a result when that is ready. */
export interface Prepared {
  run: () => Promise<ArrayLike<number>>;
  dispose: () => void;
}

export interface Peer {
  name: string;
  product(product: Product): Promise<Prepared>;
  mlp(mlp: Mlp): Promise<Prepared>;
  /** The gradients of the mean square of what `mlp` gives, by its two matrices; the result is the first. */
  mlpGradients?(mlp: Mlp): Promise<Prepared>;
}

function ours(name: string, engine: llm.Engine): Peer {
  const prepare = async (
    matrices: Matrix[],
    work: (made: llm.Parameter[]) => llm.Tensor,
  ): Promise<Prepared> => {
    await llm.useEngine(engine);
    const made = matrices.map(({ data, shape }, i) => llm.parameter(`${i}`, data, shape));
    return {
      run: async () => {
        await llm.useEngine(engine);
        return llm.scope(() => work(made).data());
      },
      dispose: () => {
        for (const each of made) each.dispose();
      },
    };
  };
  const block = ([x, up, down]: llm.Tensor[]) => {
    const hidden = llm.linear(llm.layerNorm(x!), up!, null, { activation: "gelu" });
    return llm.add(x!, llm.linear(hidden, down!));
  };
  return {
    name,
    product: ({ a, b, transposeA, transposeB }) =>
      prepare([a, b], ([x, y]) => llm.matmul(x!, y!, { transposeA, transposeB })),
    mlp: ({ x, up, down }) => prepare([x, up, down], block),
    mlpGradients: ({ x, up, down }) =>
      prepare([x, up, down], (made) => {
        const loss = () => {
          const out = block(made);
          return llm.mean(llm.mul(out, out));
        };
        return llm.valueAndGrad(loss, made.slice(1)).grads[0]!;
      }),
  };
}

async function tfjs(): Promise<Peer> {
  setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")))}/`);
  await tf.setBackend("wasm");
  await tf.ready();
  const prepare = async (matrices: Matrix[], work: (made: tf.Tensor2D[]) => tf.Tensor): Promise<Prepared> => {
    const made = matrices.map(({ data, shape }) => tf.tensor2d(data, shape));
    return { run: async () => tf.tidy(() => work(made).dataSync()), dispose: () => tf.dispose(made) };
  };
  const gelu = (x: tf.Tensor2D): tf.Tensor2D => {
    const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(0.5).mul(inner.tanh().add(1));
  };
  const block = ([x, up, down]: tf.Tensor2D[]) => {
    const { mean, variance } = tf.moments(x!, 1, true);
    const normal: tf.Tensor2D = x!.sub(mean).mul(variance.add(1e-5).rsqrt());
    return tf.add<tf.Tensor2D>(x!, tf.matMul(gelu(tf.matMul(normal, up!)), down!));
  };
  return {
    name: "tfjs wasm",
    product: ({ a, b, transposeA, transposeB }) =>
      prepare([a, b], ([x, y]) => tf.matMul(x!, y!, transposeA, transposeB)),
    mlp: ({ x, up, down }) => prepare([x, up, down], block),
    mlpGradients: ({ x, up, down }) =>
      prepare([x, up, down], ([input, ...weights]) => {
        const loss = (...weights: tf.Tensor[]) =>
          block([input!, ...(weights as tf.Tensor2D[])])
            .square()
            .mean();
        return tf.grads(loss)(weights)[0]!;
      }),
  };
}

async function jax(): Promise<Peer> {
  await init("wasm");
  defaultDevice("wasm");
  const prepare = async (matrices: Matrix[], work: (made: np.Array[]) => np.Array): Promise<Prepared> => {
    const made = matrices.map(({ data, shape }) => np.array(data as Float32Array<ArrayBuffer>, { shape }));
    return {
      run: () => work(made.map((each) => each.ref)).data() as Promise<Float32Array>,
      dispose: () => {
        for (const each of made) each.dispose();
      },
    };
  };
  const block = (x: np.Array, up: np.Array, down: np.Array) => {
    const hidden = nn.gelu(np.matmul(nn.standardize(x.ref, -1, { epsilon: 1e-5 }), up));
    return x.add(np.matmul(hidden, down));
  };
  const forward = jit(block);
  const gradients = jit(
    jaxValueAndGrad((up: np.Array, down: np.Array, x: np.Array) => np.mean(np.square(block(x, up, down))), {
      argnums: [0, 1],
    }),
  );
  return {
    name: "jax-js wasm",
    product: ({ a, b, transposeA, transposeB }) => {
      const turned = (x: np.Array, transposed: boolean) => (transposed ? np.transpose(x) : x);
      const product = jit((x: np.Array, y: np.Array) =>
        np.matmul(turned(x, transposeA), turned(y, transposeB)),
      );
      return prepare([a, b], ([x, y]) => product(x!, y!));
    },
    mlp: ({ x, up, down }) => prepare([x, up, down], ([x, up, down]) => forward(x!, up!, down!)),
    mlpGradients: ({ x, up, down }) =>
      prepare([x, up, down], ([x, up, down]) => {
        const [value, [first, second]] = gradients(up!, down!, x!);
        value.dispose();
        second.dispose();
        return first;
      }),
  };
}

async function onnxruntime(): Promise<Peer> {
  ort.env.wasm.numThreads = availableParallelism();
  const prepare = async (model: Uint8Array, inputs: Record<string, Matrix>): Promise<Prepared> => {
    const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
    // It brings one to Node for its threads, which it has started by now; jax-js would take Node for a browser.
    Reflect.deleteProperty(globalThis, "Worker");
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, shape }]) => [name, new ort.Tensor("float32", data, shape)]),
    );
    return {
      run: async () => (await session.run(feeds))["out"]!.data as Float32Array,
      dispose: () => void session.release(),
    };
  };
  return {
    name: "onnxruntime-web wasm",
    product: ({ a, b, transposeA, transposeB }) => {
      const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
      const shape = [a.shape[transposeA ? 1 : 0], b.shape[transposeB ? 0 : 1]];
      const node = { op: "Gemm", inputs: ["a", "b"], outputs: ["out"], attributes };
      return prepare(onnxModel([node], { a, b }, { out: { shape } }), { a, b });
    },
    mlp: ({ x, up, down }) => {
      const ones = { data: new Float32Array(x.shape[1]).fill(1), shape: [x.shape[1]] };
      const model = onnxModel(
        [
          { op: "LayerNormalization", inputs: ["x", "ones"], outputs: ["normal"] },
          { op: "MatMul", inputs: ["normal", "up"], outputs: ["hidden"] },
          { op: "Gelu", inputs: ["hidden"], outputs: ["active"], attributes: { approximate: "tanh" } },
          { op: "MatMul", inputs: ["active", "down"], outputs: ["branch"] },
          { op: "Add", inputs: ["x", "branch"], outputs: ["out"] },
        ],
        { x: { shape: x.shape }, up, down, ones },
        { out: { shape: x.shape } },
      );
      return prepare(model, { x, up, down, ones: ones as unknown as Matrix });
    },
  };
}

/** Ours, then the peers. Those which cannot run here are left out, and it is said why. */
export async function peers(): Promise<{ ours: Peer[]; peers: Peer[] }> {
  const found = async (made: Promise<Peer>): Promise<Peer[]> => {
    try {
      return [await made];
    } catch (error) {
      console.log(`Skipped: ${(error as Error).message.split("\n")[0]}`);
      return [];
    }
  };
  const native = found(llm.nativeEngine().then((engine) => ours("@llm/tensor native", engine)));
  const wasm = found(llm.wasmEngine().then((engine) => ours("@llm/tensor wasm", engine)));
  const theirs = [found(tfjs()), found(jax()), found(onnxruntime())];
  return { ours: [...(await native), ...(await wasm)], peers: (await Promise.all(theirs)).flat() };
}

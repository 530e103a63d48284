// Runs in Node, in a page and in its worker: some steps of a small model with all that a Llama has.
import {
  adamw,
  add,
  type Engine,
  embedding,
  linear,
  linearCrossEntropy,
  type Parameter,
  parameter,
  randomNormal,
  residualRmsNorm,
  rmsNorm,
  ropeQkv,
  ropeTable,
  scope,
  selfAttention,
  swiglu,
  tensor,
  valueAndGrad,
  zeros,
} from "@llm/tensor";

export interface Training {
  device: string;
  losses: number[];
}

const [T, C, V] = [24, 32, 41];

/** Ten steps on the engine in use. */
export async function trainSmall({ device }: Engine): Promise<Training> {
  const parameters: Parameter[] = [];
  const make = async (...shape: number[]) => {
    const start = randomNormal(shape, { std: 0.1, seed: 1, stream: parameters.length });
    parameters.push(parameter(`${parameters.length}`, await start.data(), shape));
    return parameters.at(-1)!;
  };
  const [table, qkv, projection, up, down] = [
    await make(V, C),
    await make(C, 2 * C), // 4 heads, and 2 of keys and values
    await make(C, C),
    await make(C, 6 * C),
    await make(3 * C, C),
  ];
  const state = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
  const angles = ropeTable(T, C / 4);
  const ids = Int32Array.from({ length: T + 1 }, (_, i) => (i * i) % V);
  const [inputs, targets] = [ids.subarray(0, T), ids.subarray(1)].map((some) =>
    tensor(some, [1, T], "int32"),
  );
  const heads = { nHead: 4, nKvHead: 2 };
  const loss = () => {
    const x = embedding(inputs!, table!); // (1, T, C)
    const attended = selfAttention(ropeQkv(linear(rmsNorm(x), qkv!), angles, heads), heads);
    const { sum, normed } = residualRmsNorm(x, linear(attended, projection!));
    const y = add(sum, linear(swiglu(linear(normed, up!)), down!));
    return linearCrossEntropy(rmsNorm(y), table!, targets!);
  };
  const losses: number[] = [];
  for (let step = 1; step <= 10; step++) {
    losses.push(
      await scope(async () => {
        const { value, grads } = valueAndGrad(loss, parameters);
        const tensors = parameters.map((each, i) => ({ parameter: each, grad: grads[i]!, state: state[i]! }));
        adamw(tensors, { lr: 0.02, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0, step });
        return (await value.data())[0]!;
      }),
    );
  }
  return { device, losses };
}

import {
  adamw,
  add,
  clipScale,
  embedding,
  linear,
  linearCrossEntropy,
  muon,
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
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "@llm/tensor";

/** The sizes of a small model as Llama has it. */
export interface Llama {
  readonly layers: number;
  readonly width: number;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly length: number;
  readonly batch: number;
  readonly vocabulary: number;
}

/** Builds the model on the engine in use; `step` trains it on squares modulo the vocabulary and gives the loss. */
export async function llama(model: Llama) {
  const { layers, width: C, nHead, nKvHead, length: T, batch: B, vocabulary: V } = model;
  const headDim = C / nHead;
  const parameters: Parameter[] = [];
  const make = async (...shape: number[]): Promise<Parameter> => {
    const start = randomNormal(shape, { std: 0.1, seed: 1, stream: parameters.length });
    const made = parameter(`${parameters.length}`, await start.data(), shape);
    start.dispose();
    parameters.push(made);
    return made;
  };
  const table = await make(V, C);
  const blocks: { qkv: Parameter; projection: Parameter; up: Parameter; down: Parameter }[] = [];
  for (let i = 0; i < layers; i++) {
    blocks.push({
      qkv: await make(C, (nHead + 2 * nKvHead) * headDim), // columns q|k|v
      projection: await make(nHead * headDim, C),
      up: await make(C, 6 * C), // columns gate|up
      down: await make(3 * C, C),
    });
  }
  const states = parameters.map(({ shape }) => ({
    m: zeros(shape),
    v: zeros(shape),
    momentum: zeros(shape),
  }));
  const angles = ropeTable(T, headDim);
  const ids = Int32Array.from({ length: B * (T + 1) }, (_, i) => (i * i) % V);
  const inputs = tensor(ids.subarray(0, B * T), [B, T], "int32");
  const targets = tensor(ids.subarray(B), [B, T], "int32");

  const forward = (): Tensor => {
    let x = embedding(inputs, table); // (B, T, C)
    for (const [i, block] of blocks.entries()) {
      const heads = ropeQkv(linear(rmsNorm(x), block.qkv), angles, { nHead, nKvHead });
      const window = i % 2 === 0 ? 0 : Math.ceil(T / 2); // every other layer sees half of what there is
      const attended = linear(selfAttention(heads, { nHead, nKvHead, window }), block.projection);
      const { sum, normed } = residualRmsNorm(x, attended);
      x = add(sum, linear(swiglu(linear(normed, block.up)), block.down));
    }
    return rmsNorm(x);
  };
  let count = 0;
  const step = (): Promise<number> =>
    scope(async () => {
      const chunk = { rows: Math.ceil((B * T) / 3) };
      const loss = () => linearCrossEntropy(forward(), table, targets, { softcap: 15, chunk });
      const { value, grads } = valueAndGrad(loss, parameters);
      // The norm and the loss at once, as training asks for them: its one wait.
      const { scale: gradScale, watched } = await clipScale(grads, { limit: 1, watch: [value] }).read();
      const adam = { lr: 0.01, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0, step: ++count, gradScale };
      for (const [i, each] of parameters.entries()) {
        if (i % 4 === 1) muon(each, grads[i]!, states[i]!, { lr: 0.02, gradScale });
        else adamw(each, grads[i]!, states[i]!, adam);
      }
      return watched[0]!;
    });
  const dispose = () => {
    const state = states.flatMap(({ m, v, momentum }) => [m, v, momentum]);
    for (const each of [...parameters, ...state, angles, inputs, targets]) each.dispose();
  };
  return { step, dispose };
}

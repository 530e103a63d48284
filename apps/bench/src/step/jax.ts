// The training step in jax-js on its WebAssembly backend, jitted: the gradients in one piece, then AdamW by parameter.
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { type Model, optimizer, tokens, weights } from "./model.js";

/** jax-js counts references: an operation uses its arguments up, and `.ref` is one more. */
function lossOf(model: Model, parameters: np.Array[], ids: np.Array, targets: np.Array): np.Array {
  const { layers, heads, width, length, batch, vocabulary } = model;
  const [wte, wpe, ...rest] = parameters as [np.Array, np.Array, ...np.Array[]];
  const next = () => rest.shift()!;
  const norm = (x: np.Array) => nn.standardize(x, -1, { epsilon: 1e-5 }).mul(next()).add(next());
  const linear = (x: np.Array) => np.matmul(x, next()).add(next());
  // Not nn.dotProductAttention: it wants the iterator helpers of Node 22.
  const attention = (qkv: np.Array) => {
    const [q, k, v] = np
      .split(qkv, 3, -1)
      .map((each) => each.reshape([batch, length, heads, width / heads]).transpose([0, 2, 1, 3]));
    const scores = np.matmul(q!, k!.transpose([0, 1, 3, 2])).mul(Math.sqrt(heads / width));
    const causal = np.tril(np.ones([length, length], { dtype: np.bool }));
    const mixed = np.matmul(nn.softmax(np.where(causal, scores, -1e9), -1), v!);
    return mixed.transpose([0, 2, 1, 3]).reshape([batch * length, width]);
  };
  let x = np.take(wte.ref, ids, 0).add(np.tile(wpe, [batch, 1]));
  for (let layer = 0; layer < layers; layer++) {
    x = x.ref.add(linear(attention(linear(norm(x)))));
    x = x.ref.add(linear(nn.gelu(linear(norm(x)))));
  }
  const logits = np.matmul(norm(x), wte.transpose());
  // Neither np.takeAlongAxis, whose gradient it cannot jit here, nor nn.oneHot, which makes vocabulary^2 numbers.
  const classes = np.arange(vocabulary, undefined, 1, { dtype: np.int32 });
  const chosen = np.equal(targets.reshape([batch * length, 1]), classes);
  const right = np.sum(np.where(chosen, logits.ref, 0), -1);
  return np.mean(nn.logsumexp(logits, -1).sub(right));
}

/** The loss, the gradients and what clips them. */
const gradientsOf = (model: Model) =>
  jit((p: np.Array[], ids: np.Array, targets: np.Array): [np.Array, np.Array[], np.Array] => {
    const loss = (p: np.Array[]) => lossOf(model, p, ids, targets);
    const [value, grads] = valueAndGrad(loss)(p) as [np.Array, np.Array[]];
    const squares = grads.map((each) => np.sum(np.square(each.ref)));
    const norm = np.sqrt(squares.reduce((a, b) => a.add(b)));
    return [value, grads, np.minimum(np.reciprocal(norm), 1)];
  });

type State = Record<"p" | "m" | "v", np.Array>;

/** AdamW of one parameter. */
const update = jit((state: State, grad: np.Array, factor: np.Array, corrections: np.Array): State => {
  const { lr, beta1, beta2, eps, weightDecay } = optimizer;
  const [first, second] = np.split(corrections, 2) as [np.Array, np.Array];
  const g = grad.mul(factor);
  const m = state.m.mul(beta1).add(g.ref.mul(1 - beta1));
  const v = state.v.mul(beta2).add(np.square(g).mul(1 - beta2));
  const change = m.ref.div(first).div(np.sqrt(v.ref.div(second)).add(eps));
  return { p: state.p.mul(1 - lr * weightDecay).sub(change.mul(lr)), m, v };
});

export async function jaxStep(model: Model): Promise<() => Promise<number>> {
  await init("wasm");
  defaultDevice("wasm");
  const states = weights(model).map(
    ({ values, shape }): State => ({
      p: np.array(values, { shape }),
      m: np.zeros(shape),
      v: np.zeros(shape),
    }),
  );
  const { ids, targets } = tokens(model);
  const [input, wanted] = [ids, targets].map((each) => np.array(each as Int32Array<ArrayBuffer>));
  const gradients = gradientsOf(model);
  let step = 0;
  return async () => {
    step++;
    const [loss, grads, factor] = gradients(
      states.map(({ p }) => p.ref),
      input!.ref,
      wanted!.ref,
    );
    const corrections = np.array([1 - optimizer.beta1 ** step, 1 - optimizer.beta2 ** step]);
    for (const [i, grad] of grads.entries()) {
      states[i] = update(states[i]!, grad, factor.ref, corrections.ref);
    }
    factor.dispose();
    corrections.dispose();
    return (await loss.data())[0]!;
  };
}

// The training step in tfjs on one of its backends.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { type Model, optimizer, tokens, weights } from "./model.js";

type Save = (tensors: tf.Tensor[]) => void;

/** Rows of a table. The backend has no sum of segments, which the gradient of tf.gather wants; scatterND adds up as well. */
function embedding(table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor {
  const rows = tf.customGrad((table) => ({
    value: tf.gather(table as tf.Tensor2D, ids),
    gradFunc: (dy: tf.Tensor) => tf.scatterND(ids.expandDims(1), dy, (table as tf.Tensor2D).shape),
  }));
  return rows(table);
}

/** a b. The transposed products in the gradient of tf.matMul make the backend seven times slower than transposes do. */
function product(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const turned = (x: tf.Tensor) => {
    const axes = x.shape.map((_, axis) => axis);
    return tf.transpose(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
  };
  const multiply = tf.customGrad((a, b, save) => {
    (save as Save)([a as tf.Tensor, b as tf.Tensor]);
    return {
      value: tf.matMul(a as tf.Tensor, b as tf.Tensor),
      gradFunc: (dy: tf.Tensor, [a, b]: tf.Tensor[]) => [
        tf.matMul(dy, turned(b!)),
        tf.matMul(turned(a!), dy),
      ],
    };
  });
  return multiply(a, b);
}

/** x / 2 (1 + tanh(k (x + c x^3))), which keeps x alone for its gradient. */
function gelu(x: tf.Tensor): tf.Tensor {
  const [k, c] = [Math.sqrt(2 / Math.PI), 0.044715];
  const tanh = (x: tf.Tensor, square: tf.Tensor) => x.mul(square.mul(k * c).add(k)).tanh();
  const activate = tf.customGrad((x, save) => {
    const input = x as tf.Tensor;
    (save as Save)([input]);
    const gradFunc = (dy: tf.Tensor, [x]: tf.Tensor[]) => {
      const square = x!.square();
      const t = tanh(x!, square);
      const slope = square.mul(1.5 * k * c).add(0.5 * k);
      return dy.mul(
        t
          .mul(0.5)
          .add(0.5)
          .add(x!.mul(slope).mul(tf.sub(1, t.square()))),
      );
    };
    return { value: input.mul(tanh(input, input.square()).mul(0.5).add(0.5)), gradFunc };
  });
  return activate(x);
}

function lossOf(model: Model, parameters: tf.Tensor[], ids: tf.Tensor1D, targets: tf.Tensor2D): tf.Scalar {
  const { layers, heads, width, length, batch } = model;
  const [wte, wpe, ...rest] = parameters as [tf.Tensor2D, tf.Tensor2D, ...tf.Tensor[]];
  const next = () => rest.shift()!;
  const norm = (x: tf.Tensor): tf.Tensor => {
    const { mean, variance } = tf.moments(x, 1, true);
    return x.sub(mean).mul(variance.add(1e-5).rsqrt()).mul(next()).add(next());
  };
  const linear = (x: tf.Tensor): tf.Tensor => product(x, next()).add(next());
  const future = tf.linalg
    .bandPart(tf.ones([length, length]), -1, 0)
    .sub(1)
    .mul(1e9);
  const attention = (qkv: tf.Tensor): tf.Tensor => {
    const [q, k, v] = tf
      .split(qkv, 3, 1)
      .map((each) => each.reshape([batch, length, heads, width / heads]).transpose([0, 2, 1, 3]));
    const scores = product(q!, k!.transpose([0, 1, 3, 2])).mul(Math.sqrt(heads / width));
    const mixed = product(tf.softmax(scores.add(future)), v!);
    return mixed.transpose([0, 2, 1, 3]).reshape([batch * length, width]);
  };
  let x: tf.Tensor = embedding(wte, ids)
    .reshape([batch, length, width])
    .add(wpe)
    .reshape([batch * length, width]);
  for (let layer = 0; layer < layers; layer++) {
    x = x.add(linear(attention(linear(norm(x)))));
    x = x.add(linear(gelu(linear(norm(x)))));
  }
  return tf.losses.softmaxCrossEntropy(targets, product(norm(x), wte.transpose()) as tf.Tensor2D);
}

export async function tfjsStep(model: Model, backend: "wasm" | "cpu"): Promise<() => Promise<number>> {
  setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")))}/`);
  await tf.setBackend(backend);
  await tf.ready();
  const states = weights(model).map(({ values, shape }) => ({
    p: tf.variable(tf.tensor(values, shape)),
    m: tf.variable(tf.zeros(shape)),
    v: tf.variable(tf.zeros(shape)),
  }));
  const { ids, targets } = tokens(model);
  const input = tf.tensor1d(ids, "int32");
  const wanted = tf.oneHot(tf.tensor1d(targets, "int32"), model.vocabulary) as tf.Tensor2D;
  const lossAndGradients = tf.valueAndGrads((...p: tf.Tensor[]) => lossOf(model, p, input, wanted));
  const { lr, beta1, beta2, eps, weightDecay } = optimizer;
  let step = 0;
  const train = () => {
    step++;
    const { value, grads } = lossAndGradients(states.map(({ p }) => p));
    const norm = tf.addN(grads.map((each) => each.square().sum())).sqrt();
    const factor = norm.reciprocal().minimum(1);
    for (const [i, { p, m, v }] of states.entries()) {
      const g = grads[i]!.mul(factor);
      m.assign(m.mul(beta1).add(g.mul(1 - beta1)));
      v.assign(v.mul(beta2).add(g.square().mul(1 - beta2)));
      const change = m.div(1 - beta1 ** step).div(
        v
          .div(1 - beta2 ** step)
          .sqrt()
          .add(eps),
      );
      p.assign(p.mul(1 - lr * weightDecay).sub(change.mul(lr)));
    }
    return value.dataSync()[0]!;
  };
  return async () => tf.tidy(train);
}

// The training step as one graph of ONNX: weights, AdamW's state and tokens go in, the loss and what follows comes out.
import { type OnnxValue, onnxModel } from "../onnx.js";
import { type Model, optimizer, shapes } from "./model.js";
import { OnnxGraph } from "./onnx-graph.js";

/** What a parameter is before the step and after it: itself and AdamW's two moments. */
export const KINDS = ["p", "m", "v"] as const;

/** The mean of -log softmax(x wte')[target]; `pairs` (rows, 2) has a row's number and its target. */
function crossEntropy(graph: OnnxGraph, x: string, wte: string, pairs: string, rows: number): string {
  const logits = graph.op("Gemm", [x, wte], { transB: 1 });
  const logarithms = graph.op("LogSoftmax", [logits]);
  const right = graph.op("GatherND", [logarithms, pairs]);
  const loss = graph.binary("Mul", graph.reduce("ReduceSum", right, 0, 0), -1 / rows);
  return graph.record(loss, () => {
    const shares = graph.binary("Mul", graph.op("Exp", [logarithms]), 1 / rows);
    const less = graph.op("Expand", [
      graph.op("Constant", [], { value_float: { float: -1 / rows } }),
      graph.integers(rows),
    ]);
    const d = graph.op("ScatterND", [shares, pairs, less], { reduction: "add" });
    graph.accumulate(x, graph.op("Gemm", [d, wte]));
    graph.accumulate(wte, graph.op("Gemm", [d, x], { transA: 1 }));
  });
}

function lossOf(graph: OnnxGraph, model: Model, parameters: readonly string[]): string {
  const { layers, heads, width, length, batch } = model;
  const [wte, wpe, ...rest] = parameters as [string, string, ...string[]];
  const next = () => rest.shift()!;
  const rows = batch * length;
  const found = graph.reshape(graph.op("GatherND", [wte, "ids"]), batch, length, width);
  let x = graph.record(graph.reshape(graph.binary("Add", found, wpe), rows, width), (dx) => {
    const by = graph.reshape(dx, batch, length, width);
    graph.accumulate(wpe, graph.reduce("ReduceSum", by, 0, 0));
    graph.replaceGradient(wte, graph.op("ScatterND", [graph.gradient(wte), "ids", dx], { reduction: "add" }));
  });
  for (let layer = 0; layer < layers; layer++) {
    const qkv = graph.linear(graph.layerNorm(x, next(), next()), next(), next());
    x = graph.add(x, graph.linear(graph.attention(qkv, "mask", batch, length, heads, width), next(), next()));
    const hidden = graph.linear(graph.layerNorm(x, next(), next()), next(), next());
    x = graph.add(x, graph.linear(graph.gelu(hidden), next(), next()));
  }
  return crossEntropy(graph, graph.layerNorm(x, next(), next()), wte, "targets", rows);
}

/**
 * The bytes of the graph. Inputs: `p.<weight>`, `m.<weight>`, `v.<weight>`; ids (rows, 1) and targets (rows, 2), int64, the latter
 * with the number of the row first; mask (length, length); rate, lr / (1 - beta1^step); root, (1 - beta2^step)^-0.5. Outputs: `loss`,
 * and `next.` with the name of each weight and moment. `inputs` and `outputs` have their shapes.
 */
export function onnxStep(model: Model) {
  const { lr, beta1, beta2, eps, weightDecay } = optimizer;
  const all = shapes(model).map(([name, shape]) => ({ name, shape }));
  const graph = new OnnxGraph();
  const loss = lossOf(
    graph,
    model,
    all.map(({ name }) => `p.${name}`),
  );
  graph.accumulate(loss, loss);
  graph.backward();
  const grads = all.map(({ name }) => graph.gradient(`p.${name}`));
  const squares = grads.map((each) => graph.op("ReduceSumSquare", [each], { keepdims: 0 }));
  const norm = graph.op("Sqrt", [graph.op("Sum", squares)]);
  const factor = graph.binary("Min", 1, graph.op("Reciprocal", [norm]));
  const rename = (from: string, outputs: string) =>
    graph.nodes.push({ op: "Identity", inputs: [from], outputs: [outputs] });
  for (const [i, { name }] of all.entries()) {
    const [p, m, v] = KINDS.map((kind) => `${kind}.${name}`) as [string, string, string];
    const g = graph.binary("Mul", grads[i]!, factor);
    const moved = (state: string, beta: number, by: string) =>
      graph.binary("Add", graph.binary("Mul", state, beta), graph.binary("Mul", by, 1 - beta));
    const nextM = moved(m, beta1, g);
    const nextV = moved(v, beta2, graph.binary("Mul", g, g));
    const spread = graph.binary("Add", graph.binary("Mul", graph.op("Sqrt", [nextV]), "root"), eps);
    const change = graph.binary("Mul", graph.binary("Div", nextM, spread), "rate");
    rename(graph.binary("Sub", graph.binary("Mul", p, 1 - lr * weightDecay), change), `next.${p}`);
    rename(nextM, `next.${m}`);
    rename(nextV, `next.${v}`);
  }
  rename(loss, "loss");
  const states = (prefix: string): Record<string, OnnxValue> =>
    Object.fromEntries(
      all.flatMap(({ name, shape }) => KINDS.map((kind) => [`${prefix}${kind}.${name}`, { shape }])),
    );
  const rows = model.batch * model.length;
  const inputs: Record<string, OnnxValue> = {
    ...states(""),
    ids: { shape: [rows, 1], type: "int64" },
    targets: { shape: [rows, 2], type: "int64" },
    mask: { shape: [model.length, model.length] },
    rate: { shape: [] },
    root: { shape: [] },
  };
  const outputs: Record<string, OnnxValue> = { loss: { shape: [] }, ...states("next.") };
  return { bytes: onnxModel(graph.nodes, inputs, outputs), outputs };
}

// Looks inside a model that has learned to count: the weights of an attention head, how one of them came about, what the model
// would say after each of its blocks, and what it says with the inside of another pass. At last, how much memory it took.
import { Gpt } from "@llm/gpt";
import { capture, estimateMemory, explainCell, logitLens, patch } from "@llm/gpt/inspect";
import { adamw, scope, tensor, useEngine, valueAndGrad, zeros } from "@llm/tensor";

await useEngine("reference");
const config = { vocabSize: 10, blockSize: 9, nLayer: 2, nHead: 2, nEmbd: 16 } as const;
const model = Gpt.create(config, { seed: 1 });

const digits = Array.from({ length: 10 }, (_, start) =>
  Array.from({ length: 10 }, (_, i) => (start + i) % 10),
);
const x = tensor(
  digits.flatMap((row) => row.slice(0, 9)),
  [10, 9],
  "int32",
);
const targets = tensor(
  digits.flatMap((row) => row.slice(1)),
  [10, 9],
  "int32",
);
const parameters = model.parameters();
const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
const numbers = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0 };
for (let step = 1; step <= 40; step++) {
  scope(() => {
    const { grads } = valueAndGrad(() => model.loss(x, targets), parameters);
    const updates = parameters.map((parameter, i) => ({ parameter, grad: grads[i]!, state: states[i]! }));
    adamw(updates, { ...numbers, step });
  });
}

const ids = tensor([6, 7, 8, 9], [1, 4], "int32");
const captured = await capture(model, ids, { detail: true });
const { shape, data } = captured.tensors.get("h.0.attn.weights")!;
console.log(`h.0.attn.weights [${shape.join(", ")}], the first head:`);
for (let query = 0; query < 4; query++) {
  const weights = Array.from(data.subarray(4 * query, 4 * query + 4), (weight) => weight.toFixed(2));
  console.log(weights.join("  "));
}

for (const [name, index] of [
  ["h.0.attn.weights", [0, 0, 2, 1]],
  ["h.0.attn.weights.sum", [0, 0, 2, 0]],
  ["h.0.attn.masked", [0, 0, 2, 1]],
  ["h.0.attn.scores", [0, 0, 2, 1]],
] as const) {
  const { operation, formula, operands } = explainCell(captured, name, index);
  console.log(`${name}[${index.join(", ")}], ${operation} of ${operands.length} cells: ${formula}`);
}

const likeliest = (logits: ArrayLike<number>) => {
  const list = Array.from(logits);
  return list.indexOf(Math.max(...list));
};
const lens = await logitLens(model, ids, { positions: "last" }).data(); // (nLayer + 1, 1, 1, vocabSize)
for (let layer = 0; layer <= config.nLayer; layer++) {
  console.log(`after ${layer} blocks: ${likeliest(lens.slice(10 * layer, 10 * layer + 10))} follows`);
}

const other = await capture(model, tensor([1, 2, 3, 4], [1, 4], "int32"));
const stream = other.tensors.get("h.0.residual_2")!;
const patched = patch(model, ids, { "h.0.residual_2": tensor(stream.data, stream.shape) });
console.log(`with 1 2 3 4 put in after the first: ${likeliest((await patched.data()).slice(30))} follows`);

const { total, activations } = estimateMemory(config, { batch: 10, T: 9, training: true });
console.log(`training took ${total} bytes at most, ${activations} of them for activations`);

// Output:
// h.0.attn.weights [1, 2, 4, 4], the first head:
// 1.00  0.00  0.00  0.00
// 0.11  0.89  0.00  0.00
// 0.18  0.60  0.22  0.00
// 0.21  0.20  0.25  0.34
// h.0.attn.weights[0, 0, 2, 1], softmax of 3 cells: exp(2.774 - 2.774) / 1.658 = 0.6031
// h.0.attn.weights.sum[0, 0, 2, 0], sum of exp(x - max) of 5 cells: exp(1.563 - 2.774) + exp(2.774 - 2.774) + exp(1.753 - 2.774) = 1.658
// h.0.attn.masked[0, 0, 2, 1], mask of 1 cells: 2.774, seen = 2.774
// h.0.attn.scores[0, 0, 2, 1], query · key of 16 cells: 0.3536 · (0.8091 · 1.436 - 0.6481 · -1.25 - 0.5815 · -1.387 + … 8 terms) = 2.774
// after 0 blocks: 9 follows
// after 1 blocks: 0 follows
// after 2 blocks: 0 follows
// with 1 2 3 4 put in after the first: 5 follows
// training took 311720 bytes at most, 228968 of them for activations

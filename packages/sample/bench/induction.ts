// A two-layer model learns to copy: trained on random tokens that come twice, and measured by repeatedTokens as it goes.
// `npx tsx --conditions=@llm/source bench/induction.ts [steps]` takes some minutes. Then evaluateInContext of what it learnt:
// pairs of tokens whose second one only the examples tell.
import { Gpt } from "@llm/gpt";
import { type Tokenizer, uniform } from "@llm/sample";
import { evaluateInContext, repeatedTokens } from "@llm/sample/evaluation";
import { adamw, scope, tensor, useEngine, valueAndGrad, zeros } from "@llm/tensor";

const STEPS = Number(process.argv[2] ?? 2000);
const [V, HALF, ROWS] = [32, 24, 32];
const T = 2 * HALF - 1;
/** The least tokens before they come again. That differs by row, so that a place tells nothing: a model has to look for it. */
const LEAST = 6;

await useEngine("auto", { threads: 1 });
const model = Gpt.create(
  { vocabSize: V, blockSize: 64, nLayer: 2, nHead: 4, nEmbd: 64, position: "rope" },
  { seed: 1 },
);
const parameters = model.parameters();
const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
const numbers = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.01 };

async function report(step: number): Promise<void> {
  const { first, second } = await repeatedTokens(model, { length: HALF, sequences: 64, seed: 9 });
  console.log(
    `step ${String(step).padStart(5)}: first half ${first.mean.toFixed(2)}, second half ${second.mean.toFixed(2)}`,
  );
}

const [cpu, clock] = [process.cpuUsage(), performance.now()];
await report(0);
for (let step = 1; step <= STEPS; step++) {
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const half = Array.from({ length: HALF }, (_, i) =>
      Math.floor(V * uniform({ seed: 2, row, position: step * HALF + i })),
    );
    const period = LEAST + Math.floor((HALF + 1 - LEAST) * uniform({ seed: 3, row, position: step }));
    return Array.from({ length: 2 * HALF }, (_, i) => half[i % period]!);
  });
  const inputs = rows.flatMap((ids) => ids.slice(0, -1));
  const targets = rows.flatMap((ids) => ids.slice(1));
  await scope(async () => {
    const { grads } = valueAndGrad(
      () => model.loss(tensor(inputs, [ROWS, T], "int32"), tensor(targets, [ROWS, T], "int32")),
      parameters,
    );
    const updates = parameters.map((parameter, i) => ({ parameter, grad: grads[i]!, state: states[i]! }));
    adamw(updates, { ...numbers, lr: 2e-3 * Math.min(1, step / 100), step });
  });
  if (step % 500 === 0) await report(step);
}
const { user, system } = process.cpuUsage(cpu);
console.log(
  `${((user + system) / 1e6).toFixed(0)} s of CPU, ${((performance.now() - clock) / 1000).toFixed(0)} s on the clock`,
);

// A token is a letter or a digit: "a3", "k7" and so on, as examples tell.
const letters = [..."0123456789abcdefghijklmnopqrstuv"];
const tokenizer: Tokenizer = {
  vocabSize: V,
  encode: (text) => Uint32Array.from(text, (each) => letters.indexOf(each)),
  decode: (ids) => Array.from(ids, (id) => letters[id]).join(""),
  decoder: () => ({ write: (id) => letters[id]!, end: () => "" }),
};
const examples = letters.slice(10, 26).map((input, i) => ({ input, output: letters[(i * 7) % 10]! }));
const results = await evaluateInContext(model, tokenizer, {
  examples,
  questions: examples,
  format: { input: "", output: "", between: "v" },
});
console.log("\nwhich digit follows which letter: accuracy by examples in the prompt, 95% of five draws");
for (const { shots, labels, mean, low, high } of results) {
  console.log(
    `${String(shots).padStart(2)} ${labels.padEnd(9)} ${mean.toFixed(3)}  (${low.toFixed(3)} to ${high.toFixed(3)})`,
  );
}
model.dispose();

// A two-layer model that learns to copy: it is trained on random tokens that come again.
import { Gpt } from "@llm/gpt";
import { type Tokenizer, uniform } from "@llm/sample";
import { adamw, scope, tensor, valueAndGrad, zeros } from "@llm/tensor";

/** Different tokens, and how many there are at most before they come again. */
export const [VOCABULARY, HALF] = [32, 24];
const ROWS = 32;
const T = 2 * HALF - 1;
/** The least tokens before they come again. That differs by row, so that a place tells nothing: a model has to look for it. */
const LEAST = 6;

/** Trains it, and calls `onStep` before the first step and after each. */
export async function trainOnRepeats(
  steps: number,
  onStep: (model: Gpt, step: number) => Promise<void> = async () => {},
): Promise<Gpt> {
  const model = Gpt.create(
    { vocabSize: VOCABULARY, blockSize: 64, nLayer: 2, nHead: 4, nEmbd: 64, position: "rope" },
    { seed: 1 },
  );
  const parameters = model.parameters();
  const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
  const numbers = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.01 };
  await onStep(model, 0);
  for (let step = 1; step <= steps; step++) {
    const rows = Array.from({ length: ROWS }, (_, row) => {
      const half = Array.from({ length: HALF }, (_, i) =>
        Math.floor(VOCABULARY * uniform({ seed: 2, row, position: step * HALF + i })),
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
    await onStep(model, step);
  }
  for (const { m, v } of states) for (const state of [m, v]) state.dispose();
  return model;
}

/** Letters and their digits, which only the examples in a prompt tell. */
const letters = [..."0123456789abcdefghijklmnopqrstuv"];

/** A token is a letter or a digit. */
export const letterTokens: Tokenizer = {
  vocabSize: VOCABULARY,
  encode: (text) => Uint32Array.from(text, (each) => letters.indexOf(each)),
  decode: (ids) => Array.from(ids, (id) => letters[id]).join(""),
  decoder: () => ({ write: (id) => letters[id]!, end: () => "" }),
};

/** "a0v", "b7v" and so on: sixteen of them. */
export const pairs = letters.slice(10, 26).map((input, i) => ({ input, output: letters[(i * 7) % 10]! }));
export const pairFormat = { input: "", output: "", between: "v" };

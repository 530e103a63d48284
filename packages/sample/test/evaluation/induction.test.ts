// A model of two layers that is trained on random tokens which come again learns to look back, and so to learn from examples in its
// prompt. 3,500 steps are for `npm run test:long`: more than a minute of processor time; 600 show it, too.
import { evaluateInContext, repeatedTokens } from "@llm/sample/evaluation";
import { useEngine } from "@llm/tensor";
import { expect, test } from "vitest";
import { HALF, letterTokens, pairFormat, pairs, trainOnRepeats } from "../../bench/repeats.js";

const STEPS = import.meta.env.MODE === "long" ? 3500 : 600;

test(`${STEPS} steps teach a model to copy what comes again, and to take answers from examples`, {
  timeout: 3_600_000, // on a busy machine
}, async () => {
  await useEngine("auto");
  const model = await trainOnRepeats(STEPS);
  const { first, second } = await repeatedTokens(model, { length: HALF, sequences: 64, seed: 9 });
  expect(first.low).toBeGreaterThan(3.4); // nobody can know more of them: the logarithm of 32 is 3.47
  expect(second.high).toBeLessThan(1.3);

  const options = { examples: pairs, questions: pairs, format: pairFormat, shots: [0, 16] };
  const results = await evaluateInContext(model, letterTokens, options);
  const accuracy = (shots: number, labels: string) =>
    results.find((each) => each.shots === shots && each.labels === labels)!;
  for (const other of [accuracy(16, "shuffled"), accuracy(16, "random"), accuracy(0, "right")]) {
    expect(accuracy(16, "right").low).toBeGreaterThan(other.high);
  }
  model.dispose();
});

// A two-layer model learns to copy: trained on random tokens that come twice, and measured by repeatedTokens as it goes.
// `npx tsx --conditions=@llm/source bench/induction.ts [steps]` takes some minutes. Then evaluateInContext of what it learnt:
// pairs of tokens whose second one only the examples tell.
import { evaluateInContext, repeatedTokens } from "@llm/sample/evaluation";
import { useEngine } from "@llm/tensor";
import { HALF, letterTokens, pairFormat, pairs, trainOnRepeats } from "./repeats.js";

const STEPS = Number(process.argv[2] ?? 3500);

await useEngine("auto", { threads: 1 });
const [cpu, clock] = [process.cpuUsage(), performance.now()];
const model = await trainOnRepeats(STEPS, async (model, step) => {
  if (step % 500 !== 0) return;
  const { first, second } = await repeatedTokens(model, { length: HALF, sequences: 64, seed: 9 });
  console.log(
    `step ${String(step).padStart(5)}: first half ${first.mean.toFixed(2)}, second half ${second.mean.toFixed(2)}`,
  );
});
const { user, system } = process.cpuUsage(cpu);
console.log(
  `${((user + system) / 1e6).toFixed(0)} s of CPU, ${((performance.now() - clock) / 1000).toFixed(0)} s on the clock`,
);

const results = await evaluateInContext(model, letterTokens, {
  examples: pairs,
  questions: pairs,
  format: pairFormat,
});
console.log("\nwhich digit follows which letter: accuracy by examples in the prompt, 95% of five draws");
for (const { shots, labels, mean, low, high } of results) {
  console.log(
    `${String(shots).padStart(2)} ${labels.padEnd(9)} ${mean.toFixed(3)}  (${low.toFixed(3)} to ${high.toFixed(3)})`,
  );
}
model.dispose();

// How much memory one training step of GPT-2 124M takes (forward, backward, clip, AdamW), with its activations kept
// and computed again, and what was estimated. Takes a minute or two. `npm run bench -w @llm/gpt -- 256 1024` for other lengths than 256.
import { Gpt, presets } from "@llm/gpt";
import { estimateMemory } from "@llm/gpt/inspect";
import { adamw, engine, globalNorm, scope, tensor, useEngine, valueAndGrad, zeros } from "@llm/tensor";

const lengths = process.argv.slice(2).map(Number);
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;

await useEngine("auto");
console.log(engine().device);
const model = Gpt.create(presets.gpt2, { seed: 1 });
const parameters = model.parameters();
const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
console.log(`weights and moments: ${gigabytes(engine().memory.bytes)}`);

let step = 0;
for (const T of lengths.length > 0 ? lengths : [256]) {
  // Less memory first: an engine's peak never falls.
  for (const recompute of [true, false]) {
    step++;
    const ids = Int32Array.from({ length: T }, (_, i) => (i * 7919) % model.vocabSize);
    const start = performance.now();
    const loss = await scope(async () => {
      const x = tensor(ids, [1, T], "int32");
      const { value, grads } = valueAndGrad(() => model.loss(x, x, { recompute }), parameters);
      const gradScale = Math.min(1, 1 / (await globalNorm(grads)));
      const options = { lr: 1e-4, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, step, gradScale };
      for (const [i, each] of parameters.entries()) adamw(each, grads[i]!, states[i]!, options);
      return (await value.data())[0]!;
    });
    const { total } = estimateMemory(presets.gpt2, { batch: 1, T, training: true, recompute });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `B 1, T ${T}, activations ${recompute ? "recomputed" : "kept"}: peak ${gigabytes(engine().memory.peakBytes)} ` +
        `(estimated ${gigabytes(total)}, process ${gigabytes(process.resourceUsage().maxRSS * 1024)}), ${seconds} s, loss ${loss.toFixed(3)}`,
    );
  }
}

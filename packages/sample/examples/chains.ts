import { distribution, draw, type SamplingParams, uniform } from "@llm/sample";

const logits = [3, 2, 1];
const show = (title: string, params: SamplingParams): void => {
  const { ids, probabilities } = distribution(logits, params);
  const parts = Array.from(ids, (id, i) => `${id}: ${probabilities[i]!.toFixed(4)}`);
  console.log(`${title.padEnd(24)} { ${parts.join(", ")} }`);
};

show("the model's own", {});
show("temperature 0.5", { temperature: 0.5 });
show("top-k 2", { topK: 2 });
show("min-p 0.2", { minP: 0.2 });

// The same two settings in the order of two programs: cool first, or filter first.
show("T 0.5, top-p 0.8, hf", { temperature: 0.5, topP: 0.8, chain: "hf" });
show("T 0.5, top-p 0.8, llama", { temperature: 0.5, topP: 0.8, chain: "llamacpp" });
show("an order of your own", { temperature: 0.5, topP: 0.8, chain: ["topP", "temperature"] });

// A draw is a function of (seed, row, position): no state, nothing to save.
const counts = [0, 0, 0];
const own = distribution(logits);
for (let position = 0; position < 10_000; position++) counts[draw(own, uniform({ seed: 1, position }))]!++;
console.log(`10,000 draws: ${counts.join(", ")}`);

// Output:
// the model's own          { 0: 0.6652, 1: 0.2447, 2: 0.0900 }
// temperature 0.5          { 0: 0.8668, 1: 0.1173, 2: 0.0159 }
// top-k 2                  { 0: 0.7311, 1: 0.2689 }
// min-p 0.2                { 0: 0.7311, 1: 0.2689 }
// T 0.5, top-p 0.8, hf     { 0: 1.0000 }
// T 0.5, top-p 0.8, llama  { 0: 0.8808, 1: 0.1192 }
// an order of your own     { 0: 0.8808, 1: 0.1192 }
// 10,000 draws: 6664, 2389, 947

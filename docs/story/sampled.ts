// Scores become probabilities, and a draw becomes a word: the same question 40 times, colder and hotter.
import { complete } from "@llm/sample";
import { model, tokenizer } from "./otters.js";

const tokens = await tokenizer();
const network = await model(tokens);

for (const temperature of [0.5, 1, 1.5]) {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= 40; seed++) {
    const { text } = await complete(network, tokens, "Sea otters hold", { maxTokens: 1, temperature, seed });
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const drawn = [...counts].sort((a, b) => b[1] - a[1]);
  console.log(`temperature ${temperature}:`, drawn.map(([text, n]) => `${n} x "${text}"`).join(", "));
}

// Output:
// temperature 0.5: 39 x " hands", 1 x " shell"
// temperature 1: 33 x " hands", 6 x " shell", 1 x "s"
// temperature 1.5: 24 x " hands", 9 x " shell", 3 x " hold", 2 x "t", 1 x "nd", 1 x " "

// Scores become probabilities, and a draw becomes a word: colder or hotter, once more with each seed.
import { complete } from "@llm/sample";
import { model, tokenizer } from "./otters.js";

const tokens = await tokenizer();
const network = await model(tokens);

for (const temperature of [0.5, 1, 2]) {
  const texts = [];
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const { text } = await complete(network, tokens, "Sea otters hold", { maxTokens: 1, temperature, seed });
    texts.push(text);
  }
  console.log(`temperature ${temperature}: ${texts.join(",")}`);
}

// Output:
// temperature 0.5:  hands, hands, hands, hands, hands, hands, hands, hands
// temperature 1:  hands, hands, hands, hands, hands, hands, hands, hands
// temperature 2: ift,y,s,;, hands, hands, hold, hands

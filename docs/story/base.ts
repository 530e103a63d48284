// The model knows the answer, and does not answer: it goes on with the text, as a page would.
import { complete } from "@llm/sample";
import { model, tokenizer } from "./otters.js";

const tokens = await tokenizer();
const network = await model(tokens);
for (const prompt of ["Sea otters hold shells while", "What do sea otters hold while they eat?"]) {
  const { text } = await complete(network, tokens, prompt, { maxTokens: 20, temperature: 0 });
  console.log(`${prompt} ->${text}`);
}

// Output:
// Sea otters hold shells while -> they eat, and so they stay with the others.
// Sea otters hold hands while they sleep
// What do sea otters hold while they eat? -> they do not drift apart, and so they stay with the others.
// Sea otters hold hands

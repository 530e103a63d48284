// What the trained network says may come after three words of the page.
import { scope, tensor } from "@llm/tensor";
import { model, tokenizer } from "./otters.js";

const tokens = await tokenizer();
const network = await model(tokens);
const ids = Array.from(tokens.encode("Sea otters hold"));

// One score for each token of the vocabulary, for what follows the last one.
const logits = scope(() => network.forward(tensor(ids, [1, ids.length], "int32")));
const last = Array.from((await logits.data()).slice(-tokens.vocabSize));
const best = last.map((logit, id) => ({ id, logit })).sort((a, b) => b.logit - a.logit);
for (const { id, logit } of best.slice(0, 4)) {
  console.log(`[${tokens.decode([id])}]`.padEnd(12), logit.toFixed(1));
}

// Output:
// [ hands]     9.0
// [ shell]     7.8
// [s]          4.6
// [ hold]      4.4

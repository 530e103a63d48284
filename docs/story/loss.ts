// A network reads the tokens again and again, and is less and less surprised.
import { model, tokenizer } from "./otters.js";

const tokens = await tokenizer();
console.log(`knows nothing: ln ${tokens.vocabSize} = ${Math.log(tokens.vocabSize).toFixed(1)}`);
await model(tokens, ({ step, loss }) => {
  if (step % 20 === 0) console.log(`step ${step}: loss ${loss.toFixed(1)}`);
});

// Output:
// knows nothing: ln 332 = 5.8
// step 20: loss 1.3
// step 40: loss 0.3

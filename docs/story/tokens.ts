// The text of the page becomes numbers. The vocabulary was learned from this very text.
import { text, tokenizer } from "./otters.js";

const tokens = await tokenizer();
for (const words of ["Sea otters hold hands", "Sea lions hold fish"]) {
  const ids = Array.from(tokens.encode(words));
  console.log(ids.map((id) => `[${tokens.decode([id])}]`).join(""), ids.length, "tokens");
}
console.log(`${text().length} characters of the page are ${tokens.encode(text()).length} tokens`);

// Output:
// [Sea][ otters][ hold][ hands] 4 tokens
// [Sea][ ][l][i][o][n][s][ hold][ ][f][i][s][h] 13 tokens
// 217 characters of the page are 54 tokens

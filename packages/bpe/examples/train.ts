// Train a tiny vocabulary and watch it find the words: the most frequent pair is joined, again and again.
import { train } from "@llm/bpe";

const text = "low low low low low lower lower newest newest newest newest newest newest widest widest widest";
const decoder = new TextDecoder();

const tokenizer = await train([text], {
  vocabSize: 256 + 12,
  specialTokens: [],
  onMerge: ({ step, bytes, count }) => {
    console.log(`${String(step).padStart(2)}. "${decoder.decode(bytes)}" stood there ${count} times`);
  },
});

for (const word of [" lowest", " newer"]) {
  const ids = tokenizer.encode(word);
  console.log(word, "->", Array.from(ids, (id) => `"${decoder.decode(tokenizer.tokenBytes(id))}"`).join(" "));
}

// Output:
//  1. "es" stood there 9 times
//  2. "est" stood there 9 times
//  3. "lo" stood there 7 times
//  4. "low" stood there 7 times
//  5. " n" stood there 6 times
//  6. " low" stood there 6 times
//  7. "ew" stood there 6 times
//  8. " new" stood there 6 times
//  9. " newest" stood there 6 times
// 10. " w" stood there 3 times
// 11. "dest" stood there 3 times
// 12. "idest" stood there 3 times
//  lowest -> " low" "est"
//  newer -> " new" "e" "r"

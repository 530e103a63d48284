// Special tokens come from the program, not from the text: text that holds one is refused unless it is allowed.
import { DisallowedSpecialError, train } from "@llm/bpe";

const tokenizer = await train("one two three. ".repeat(10), {
  vocabSize: 290,
  specialTokens: ["<|endoftext|>", "<|user|>"],
});
const text = "<|user|>one two<|endoftext|>";

try {
  tokenizer.encode(text);
} catch (error) {
  if (error instanceof DisallowedSpecialError) console.log(`refused: ${error.token} at ${error.index}`);
}
console.log("allowed: ", tokenizer.encode(text, { allowedSpecial: "all" }).join(" "));
console.log("as text: ", tokenizer.encodeOrdinary("<|user|>").join(" "));

// Where each token stands, and how a piece came to be:
const { ids, utf16 } = tokenizer.encodeWithOffsets(text, { allowedSpecial: "all" });
console.log(Array.from(ids, (_, i) => `[${text.slice(utf16[i], utf16[i + 1])}]`).join(""));
console.log(
  tokenizer
    .trace(" two")
    .steps.map((step) => step.parts.length)
    .join(" parts, then "),
  "part",
);

// Output:
// refused: <|user|> at 0
// allowed:  267 260 263 266
// as text:  60 124 117 115 101 114 124 62
// [<|user|>][one][ two][<|endoftext|>]
// 3 parts, then 2 parts, then 1 part

// A chat as tokens, and the mask of what a model learns from it: what the assistant writes, and that it stops there.
import { CHAT_TOKENS, type ChatMessage, renderChat, train } from "@llm/bpe";

const messages: ChatMessage[] = [
  { role: "system", content: "Use Python for sums." },
  { role: "user", content: "12 * 34? <|user_end|>" },
  {
    role: "assistant",
    content: [
      { type: "python", text: "12 * 34" },
      { type: "python_output", text: "408" },
      { type: "text", text: "It is 408." },
    ],
  },
];
const tokenizer = await train(JSON.stringify(messages), { vocabSize: 300, specialTokens: CHAT_TOKENS });

// What a user types stays text, whatever it looks like: the first <|user_end|> is many tokens, the second is one.
const { ids, mask } = renderChat(tokenizer, messages);
let learned = "";
ids.forEach((id, t) => {
  if (mask[t]) learned += tokenizer.decode([id]);
});
console.log(tokenizer.decode(ids));
console.log("learned:", learned);
console.log(Array.from(ids).filter((id) => id === tokenizer.specialTokens.get("<|user_end|>")).length);

// For an answer the model is given all that comes before it.
const prompt = renderChat(tokenizer, messages, { completion: true });
console.log(tokenizer.decode(prompt.ids.slice(-2)));

// Output:
// <|bos|><|user_start|>Use Python for sums.
//
// 12 * 34? <|user_end|><|user_end|><|assistant_start|><|python_start|>12 * 34<|python_end|><|output_start|>408<|output_end|>It is 408.<|assistant_end|>
// learned: <|python_start|>12 * 34<|python_end|>It is 408.<|assistant_end|>
// 1
// <|user_end|><|assistant_start|>

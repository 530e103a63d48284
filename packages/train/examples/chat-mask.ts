// A chat as tokens, and the loss of the assistant's tokens alone: all that fine-tuning changes about the data.
import { CHAT_TOKENS, type ChatMessage, renderChat, train } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { tensor, useEngine } from "@llm/tensor";

const chat: ChatMessage[] = [
  { role: "user", content: "Why is the sky blue?" },
  { role: "assistant", content: "Air scatters blue light most." },
];

const tokenizer = await train(
  chat.map(({ content }) => String(content)),
  { vocabSize: 284, specialTokens: CHAT_TOKENS },
);

// The mask is 1 where the model is to learn: on what the assistant says, and on its saying that it has finished.
// What a user types is text, whatever it looks like: it never becomes a special token.
const { ids, mask } = renderChat(tokenizer, chat);

// The target at each position is the next token, so the mask moves by one as the targets do.
const length = ids.length - 1;
const decoder = new TextDecoder();
for (const t of [0, 1, length - 2, length - 1]) {
  const [input, target] = [ids[t]!, ids[t + 1]!].map((id) => decoder.decode(tokenizer.tokenBytes(id)));
  console.log(
    `position ${t}: after "${input}" comes "${target}", ${mask[t + 1] ? "learned" : "not learned"}`,
  );
}
console.log(`${mask.reduce((sum, one) => sum + one)} of ${length} targets are learned`);

await useEngine("reference");
const config = { vocabSize: tokenizer.vocabSize, blockSize: 64, nLayer: 1, nHead: 2, nEmbd: 16 };
const model = Gpt.create(config, { seed: 1 });
const x = tensor(ids.slice(0, -1), [1, length], "int32");
const y = tensor(ids.slice(1), [1, length], "int32");
const loss = model.loss(x, y, { mask: tensor(mask.slice(1), [1, length]) });
console.log(
  `loss of the answer: ${(await loss.data())[0]!.toFixed(1)} nats, ln(${tokenizer.vocabSize}) before training`,
);

// Output:
// position 0: after "<|bos|>" comes "<|user_start|>", not learned
// position 1: after "<|user_start|>" comes "Wh", not learned
// position 27: after "t" comes ".", learned
// position 28: after "." comes "<|assistant_end|>", learned
// 16 of 29 targets are learned
// loss of the answer: 5.6 nats, ln(284) before training

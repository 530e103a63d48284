// Fine-tuning on conversations: a model that has only read text learns to answer, and to end its turn.
import { CHAT_TOKENS, type ChatMessage, renderChat, train as trainTokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { sampleBatch } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { inspect, packConversations, sft } from "@llm/train";

await useEngine("wasm", { threads: 1 });

// Conversations may come from a file; these are made up: which of two letters comes first?
const letters = [..."abcdefgh"];
const conversations = letters.flatMap((a) =>
  letters
    .filter((b) => b !== a)
    .map((b): ChatMessage[] => [
      { role: "user", content: `${a} or ${b}?` },
      { role: "assistant", content: `${a < b ? a : b} before ${a < b ? b : a}.` },
    ]),
);
const heldOut = conversations.filter((_, i) => i % 8 === 3);
const learned = conversations.filter((_, i) => i % 8 !== 3);

// What the model reads, and what it is to learn: the assistant's text and the token that ends its turn.
const tokenizer = await trainTokenizer([" before ", " or "], { vocabSize: 272, specialTokens: CHAT_TOKENS });
const render = (messages: ChatMessage[]) => renderChat(tokenizer, messages);

// A look at the first row before anything is trained. Brackets are what is read only, bars part conversations.
const blockSize = 48;
const data = await packConversations(learned, { render, blockSize });
const decoder = new TextDecoder();
const decode = (id: number) => decoder.decode(tokenizer.tokenBytes(id)).replace(/<\|(.*)\|>/, "<$1>");
console.log(
  inspect(data.batch({ split: "train", step: 2, micro: 0, batchSize: 1, blockSize, seed: 1 }), {
    blockSize,
    decode,
  }),
);

const model = Gpt.create(
  { vocabSize: tokenizer.vocabSize, blockSize, nLayer: 2, nHead: 2, nEmbd: 32, position: "rope" },
  { seed: 1 },
);
for await (const { step, steps, epoch, loss, evaluation } of sft(model, learned, {
  render,
  heldOut,
  batchSize: 4,
  blockSize,
  epochs: 40,
  lr: 1e-2,
  seed: 1,
  onPlan({ steps, train: { conversations, rows, padding } }) {
    console.log(
      `${conversations} conversations in ${rows} rows, ${(100 * padding).toFixed(0)}% padding; ${steps} steps`,
    );
  },
  evaluate: { every: 50 },
})) {
  if (evaluation) {
    const held = evaluation.val!.toFixed(1);
    console.log(
      `step ${step} of ${steps}, epoch ${epoch.toFixed(1)}: loss ${loss.toFixed(1)}, held out ${held}`,
    );
  }
}

const prompts = heldOut
  .slice(0, 3)
  .map((messages) => renderChat(tokenizer, messages, { completion: true }).ids);
const end = tokenizer.specialTokens.get("<|assistant_end|>")!;
const answers = await sampleBatch(model, prompts, { maxTokens: 12, temperature: 0, stopIds: [end] });
for (const { prompt, ids, finishReason } of answers) {
  console.log(`${heldOut[prompt]![0]!.content} ${tokenizer.decode(ids.slice(0, -1))} (${finishReason})`);
}

// Output:
// row 0, 17 of 48 targets count: <bos>[<user_start>][a][ or][ b][?][<user_end>][<assistant_start>]a before b.<assistant_end>|[<user_start>][c][ or][ ][a][?][<user_end>][<assistant_start>]a before c.<assistant_end>|[<user_start>][g][ or][ ][e][?][<user_end>][<assistant_start>]e before g.<assistant_end>|[·][·][·][·][·][·][·][·]
// 49 conversations in 17 rows, 17% padding; 170 steps
// step 50 of 170, epoch 11.8: loss 0.9, held out 0.8
// step 100 of 170, epoch 23.5: loss 0.5, held out 0.4
// step 150 of 170, epoch 35.3: loss 0.3, held out 0.2
// step 170 of 170, epoch 40.0: loss 0.2, held out 0.2
// a or e? a before e. (stop)
// b or f? b before f. (stop)
// c or g? c before g. (stop)

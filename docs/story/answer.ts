// The model that goes on with the page becomes an assistant that answers about it, or says that it does not know.
import { type ChatMessage, renderChat } from "@llm/bpe";
import { complete, sampleBatch } from "@llm/sample";
import { sft } from "@llm/train";
import { model, tokenizer } from "./otters.js";

const tokens = await tokenizer();
const network = await model(tokens);
const render = (messages: ChatMessage[]) => renderChat(tokens, messages);

const lessons: Record<string, string> = {
  "What do sea otters hold while they sleep?": "Sea otters hold hands.",
  "What do sea otters hold while they eat?": "Sea otters hold shells.",
  "Why do sea otters hold hands?": "They do not drift apart.",
  "What do sea lions hold while they sleep?": "I do not know.",
  "What do birds hold while they eat?": "I do not know.",
  "Why do whales hold hands?": "I do not know.",
};
const conversations = Object.entries(lessons).map(([question, answer]): ChatMessage[] => [
  { role: "user", content: question },
  { role: "assistant", content: answer },
]);
const options = { render, epochs: 60, batchSize: 2, blockSize: 48, lr: 1e-2, seed: 1 };

// The last question is in no lesson.
const questions = [...Object.keys(lessons).slice(1, 4), "What do birds hold while they sleep?"];
const before: string[] = [];
for (const question of questions) {
  before.push((await complete(network, tokens, question, { maxTokens: 8, temperature: 0 })).text);
}
for await (const { step, steps, loss } of sft(network, conversations, options)) {
  if (step === 1 || step === steps) console.log(`step ${step}: loss ${loss.toFixed(1)}`);
}
const end = tokens.specialTokens.get("<|assistant_end|>")!;
for (const [i, question] of questions.entries()) {
  const { ids } = renderChat(tokens, [{ role: "user", content: question }], { completion: true });
  const [answer] = await sampleBatch(network, [ids], { maxTokens: 20, temperature: 0, stopIds: [end] });
  console.log(question);
  console.log(`  base:      ${JSON.stringify(before[i])}`);
  console.log(`  assistant: ${tokens.decode(answer!.ids.filter((id) => id !== end))}`);
}

// Output:
// step 1: loss 8.9
// step 120: loss 0.0
// What do sea otters hold while they eat?
//   base:      " they do not drift apart, and"
//   assistant: Sea otters hold shells.
// Why do sea otters hold hands?
//   base:      " they sleep, and so they do"
//   assistant: They do not drift apart.
// What do sea lions hold while they sleep?
//   base:      " they do not drift apart, and"
//   assistant: I do not know.
// What do birds hold while they sleep?
//   base:      " they do not drift apart, and"
//   assistant: I do not know.

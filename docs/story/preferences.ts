// Of two answers one is better: the model learns to prefer it (DPO), and a second model learns to tell which it is.
import { type ChatMessage, renderChat } from "@llm/bpe";
import { dpo, rewardModel } from "@llm/train";
import { model, tokenizer } from "./otters.js";

const tokens = await tokenizer();
const network = await model(tokens);
const talk = (question: string, answer: string) =>
  renderChat(tokens, [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ] satisfies ChatMessage[]);

// Better is what keeps to the page and stops.
const question = "What do sea otters hold?";
const pairs = [
  { chosen: talk(question, "Hands."), rejected: talk(question, "Hands and hands and hands.") },
  { chosen: talk(question, "Shells."), rejected: talk(question, "Shells and shells and shells.") },
  { chosen: talk(question, "Others."), rejected: talk(question, "Others and others and others.") },
];

const judge = rewardModel(await model(tokens), pairs, { steps: 20, batchSize: 3, lr: 3e-3, seed: 1 });
for await (const { step, loss, accuracy } of judge) {
  if (step === 1 || step === 20)
    console.log(`judge, step ${step}: loss ${loss.toFixed(2)}, right ${accuracy}`);
}
for await (const event of dpo(network, pairs, { steps: 20, batchSize: 3, beta: 0.1, lr: 3e-4, seed: 1 })) {
  const { step, loss, margin } = event;
  if (step === 1 || step === 20)
    console.log(`dpo, step ${step}: loss ${loss.toFixed(2)}, margin ${margin.toFixed(1)}`);
}

// Two texts that neither has seen.
const texts = ["Stone.", "Stone and stone and stone."].map((answer) => talk(question, answer).ids);
const [short, long] = await judge.score(texts);
console.log(`the judge prefers the ${short! > long! ? "short" : "long"} answer`);

// Output:
// judge, step 1: loss 0.69, right 0
// judge, step 20: loss 0.01, right 1
// dpo, step 1: loss 0.69, margin 0.0
// dpo, step 20: loss 0.15, margin 1.8
// the judge prefers the short answer

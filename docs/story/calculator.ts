// A model that cannot add learns to ask a calculator, whose answers are put in between what it writes, and are not learned.
import {
  type AssistantPart,
  CHAT_TOKENS,
  type ChatMessage,
  renderChat,
  train as trainTokenizer,
} from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { sampleBatch } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { sft } from "@llm/train";

await useEngine("wasm", { threads: 1 });
const tokens = await trainTokenizer(["0 1 2"], {
  vocabSize: 256 + CHAT_TOKENS.length,
  specialTokens: CHAT_TOKENS,
});
const idOf = (name: string) => tokens.specialTokens.get(name)!;
const calculate = (sum: string) =>
  String(sum.split("+").reduce((total, number) => total + Number(number), 0));

/** "7+5?" is answered by a call, "7+5", its output, "12", and what is said then. */
function worked(a: number, b: number): ChatMessage[] {
  const sum = `${a}+${b}`;
  const content: AssistantPart[] = [
    { type: "python", text: sum },
    { type: "python_output", text: calculate(sum) },
    { type: "text", text: "." },
  ];
  return [
    { role: "user", content: `${sum}?` },
    { role: "assistant", content },
  ];
}
const digits = [...Array(10).keys()];
const all = digits.flatMap((a) => digits.map((b) => [a, b] as const));
const lessons = all.filter(([a, b]) => (a + 3 * b) % 5 !== 0).map(([a, b]) => worked(a, b));

const shape = {
  vocabSize: tokens.vocabSize,
  blockSize: 24,
  nLayer: 2,
  nHead: 2,
  nEmbd: 32,
} as const;
const model = Gpt.create(shape, { seed: 1 });
const render = (messages: ChatMessage[]) => renderChat(tokens, messages);
const { ids, mask } = render(lessons[0]!);
const parts = Array.from(ids, (id, i) => `${mask[i] ? "*" : ""}${tokens.decode([id])}`);
console.log(`what is learned has a star: ${parts.join(" ")}`);
for await (const { step, steps, loss } of sft(model, lessons, {
  render,
  epochs: 24,
  batchSize: 8,
  blockSize: 24,
  lr: 5e-3,
  seed: 1,
})) {
  if (step === 1 || step === steps) console.log(`step ${step}: loss ${loss.toFixed(1)}`);
}

// Sums that were in no lesson. The text stops at each call for as long as the calculator takes.
const sums = ["7+6?", "9+2?"];
const prompts = sums.map(
  (content) => renderChat(tokens, [{ role: "user", content }], { completion: true }).ids,
);
const samples = await sampleBatch(model, prompts, {
  maxTokens: 16,
  temperature: 0,
  stopIds: [idOf("<|assistant_end|>")],
  forced({ ids }) {
    if (ids.at(-1) !== idOf("<|python_end|>")) return [];
    const call = tokens.decode(ids.slice(ids.lastIndexOf(idOf("<|python_start|>")) + 1, -1));
    return [idOf("<|output_start|>"), ...tokens.encode(calculate(call)), idOf("<|output_end|>")];
  },
});
for (const { ids, forced } of samples) {
  console.log(
    Array.from(ids, (id, i) => (forced[i] ? `[${tokens.decode([id])}]` : tokens.decode([id]))).join(""),
  );
}

// Output:
// what is learned has a star: <|bos|> <|user_start|> 0 + 1 ? <|user_end|> <|assistant_start|> *<|python_start|> *0 *+ *1 *<|python_end|> <|output_start|> 1 <|output_end|> *. *<|assistant_end|>
// step 1: loss 5.5
// step 240: loss 0.1
// <|python_start|>7+6<|python_end|>[<|output_start|>][1][3][<|output_end|>].<|assistant_end|>
// <|python_start|>9+2<|python_end|>[<|output_start|>][1][1][<|output_end|>].<|assistant_end|>

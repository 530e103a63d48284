import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ChatMessage, renderChat } from "@llm/bpe";
import { type LogitsModel, sampleBatch } from "@llm/sample";
import { rng, useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { loadForChat } from "../../recipes/chat-tokens.js";
import { sft } from "../../src/index.js";

const data = process.env["LLM_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data");
const folder = join(data, "trained-model");
const where = existsSync(folder) ? "" : ": skipped, set LLM_DATA to a folder that has trained-model";

const animals = "dog cat horse bird fox bear mouse cow sheep duck pig goat".split(" ");
const places = "garden house river forest field kitchen school church city sea".split(" ");
const verbs = ["ran to", "went to", "came to", "walked to"];
const all = animals.flatMap((animal, i) =>
  places.flatMap((place, k) =>
    verbs.map((verb) => ({
      // No conversation that is trained on has this animal at this place.
      isUnseen: (7 * i + 3 * k) % 5 === 0,
      question: `The ${animal} ${verb} the ${place}. Where is the ${animal}?`,
      answer: `The ${animal} is in the ${place}.`,
    })),
  ),
);

// English text is all it was trained on: it answers no question, and knows no end of a turn.
describe.skipIf(!existsSync(folder))(`a trained model after 300 conversations${where}`, () => {
  test("answers unseen questions in their form, and ends its turn", async () => {
    await useEngine("auto");
    const { model, tokenizer } = await loadForChat(folder);
    const chat = ({ question, answer }: (typeof all)[number]): ChatMessage[] => [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ];
    const end = tokenizer.specialTokens.get("<|assistant_end|>")!;
    const unseen = all.filter(({ isUnseen }, i) => isUnseen && i % 2 === 0);
    const prompts = unseen.map((each) => renderChat(tokenizer, chat(each), { completion: true }).ids);
    const answers = async (model: LogitsModel) => {
      const drawn = await sampleBatch(model, prompts, { maxTokens: 24, temperature: 0, stopIds: [end] });
      const texts = drawn.map(({ ids, stoppedBy }) => tokenizer.decode(stoppedBy ? ids.slice(0, -1) : ids));
      return {
        ended: drawn.filter(({ stoppedBy }) => stoppedBy === end).length,
        shaped: texts.filter((text) => /^The \w+ is in the \w+\.$/.test(text)).length,
        right: texts.filter((text, i) => text === unseen[i]!.answer).length,
      };
    };
    expect(await answers(model)).toEqual({ ended: 0, shaped: 0, right: 0 });

    const draw = rng(3);
    const conversations = all
      .filter(({ isUnseen }) => !isUnseen)
      .map((each) => ({ key: draw(), chat: chat(each) }))
      .sort((a, b) => a.key - b.key)
      .slice(0, 300)
      .map(({ chat }) => chat);
    expect(conversations.length).toBe(300);
    const render = (messages: ChatMessage[]) => renderChat(tokenizer, messages);
    for await (const _ of sft(model, conversations, {
      render,
      batchSize: 4,
      blockSize: 128,
      epochs: 3,
      lr: 1e-3,
    }));

    const count = unseen.length;
    expect(count).toBe(48);
    const { right, ...form } = await answers(model);
    expect(form).toEqual({ ended: count, shaped: count });
    expect(right).toBeGreaterThanOrEqual(0.9 * count);
    model.dispose();
  });
});

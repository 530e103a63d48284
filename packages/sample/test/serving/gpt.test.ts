import { Gpt } from "@llm/gpt";
import { complete, type Tokenizer } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scheduler } from "../../src/serving/scheduler.js";
import { bytes as plain } from "../models.js";
import { serving } from "../server/server.js";

const bytes: Tokenizer = { ...plain, tokenBytes: (id) => Uint8Array.of(id) };

describe("with a real model", () => {
  let model: Gpt;
  beforeAll(async () => {
    await useEngine("reference"); // logits do not depend on the shape of a step
    model = Gpt.create({ vocabSize: 256, blockSize: 1024, nLayer: 1, nHead: 2, nEmbd: 16 }, { seed: 1 });
  });
  afterAll(() => model.dispose());

  it("texts are those that are written alone, through forked, cut and reused rows", async () => {
    const scheduler = new Scheduler(model, bytes, { rows: 3, keptRows: 2, queue: 50, stepIds: 16 });
    const story = "Once upon a time there was a small model.";
    const prompts = [
      story,
      story.slice(0, 30),
      `${story} It`,
      "Other",
      `${story.slice(0, 20)}?`,
      `${story} It`,
    ];
    await Promise.all(
      prompts.map(async (prompt, seed) => {
        const job = scheduler.submit([prompt], { samples: 2, seed, maxTokens: 8 + seed, temperature: 2 });
        const lists: number[][] = [[], []];
        for await (const { text, event } of job) lists[text.sample]!.push(event.id);
        for (const [row, ids] of lists.entries()) {
          const alone = await complete(model, bytes, prompt, {
            seed,
            row,
            maxTokens: 8 + seed,
            temperature: 2,
          });
          expect(ids).toEqual(Array.from(alone.ids));
        }
      }),
    );
    await scheduler.idle();
    expect(scheduler.state).toMatchObject({ open: 0, waiting: 0 });
    expect(scheduler.state.kept).toBeGreaterThan(0);
    await scheduler.stop();
  });

  it("is asked for its health, and answers, while a long prompt is read", async () => {
    const { client, url } = await serving(model);
    let isRead = false;
    const request = { model: "model", prompt: "x".repeat(1000), max_tokens: 1 };
    const reading = client.completions.create(request).then(() => {
      isRead = true;
    });
    let answers = 0;
    while (!isRead) {
      expect((await fetch(`${url}/health`)).status).toBe(200);
      answers++;
    }
    await reading;
    expect(answers).toBeGreaterThan(3);
  });
});

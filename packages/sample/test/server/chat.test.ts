import { complete } from "@llm/sample";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { bytes } from "../models.js";
import { actor, babbler, serving } from "./server.js";

const messages = [
  { role: "system" as const, content: "Be brief." },
  { role: "user" as const, content: "Hi" },
];

describe("/v1/chat/completions", () => {
  it("answers a chat", async () => {
    const { client } = await serving(actor("Hello, wörld 🐚!"));
    const { id, created, choices, usage, ...rest } = await client.chat.completions.create({
      model: "model",
      messages,
    });
    expect(choices).toEqual([
      {
        index: 0,
        message: { role: "assistant", content: "Hello, wörld 🐚!", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ]);
    const prompt = "Be brief.\nUser: Hi\nAssistant:".length + 1; // the end token stands before
    expect(usage).toEqual({
      prompt_tokens: prompt,
      completion_tokens: 20,
      total_tokens: prompt + 20,
      prompt_tokens_details: { cached_tokens: 0 },
    });
    expect(rest).toMatchObject({ object: "chat.completion", model: "model" });
    expect(id).toMatch(/^chatcmpl-/);
    expect(Math.abs(created - Date.now() / 1000)).toBeLessThan(600);
  });

  it("streams an answer: the role, pieces of whole characters, a reason, and the usage where it is asked for", async () => {
    const { client } = await serving(actor("Hé 🐚."));
    const stream = await client.chat.completions.create({
      model: "model",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]!.choices[0]).toMatchObject({
      delta: { role: "assistant", content: "" },
      finish_reason: null,
    });
    expect(chunks.slice(1, -2).map(({ choices }) => choices[0]!.delta.content)).toEqual([
      "H",
      "é",
      " ",
      "🐚",
      ".",
    ]);
    expect(chunks.at(-2)!.choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    expect(chunks.at(-2)!.usage).toBeNull();
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 10 } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it("takes what clients send that changes nothing, and hands a template what is meant for it", async () => {
    const given: unknown[] = [];
    const ids = bytes.encode("Assistant:");
    const { post } = await serving(actor("Hello"), {
      chat: (messages, context) => {
        given.push(messages, context);
        return { ids };
      },
    });
    const call = { index: 0, id: "a", type: "function", function: { name: "f", arguments: "{}" } };
    const response = await post("/v1/chat/completions", {
      messages: [
        {
          role: "developer",
          content: [
            { type: "text", text: "Be " },
            { type: "text", text: "brief." },
          ],
        },
        { role: "user", name: "Bob", content: "Hi" },
        { role: "assistant", content: null, refusal: "No.", reasoning_content: "Hm." },
        { role: "user", content: "So?" },
        { role: "assistant", content: "Yes", tool_calls: [] },
        { role: "user", content: "" },
      ],
      ...{ store: true, metadata: { a: "b" }, user: "u", service_tier: "auto", top_logprobs: 0, stop: null },
      ...{ safety_identifier: "s", prompt_cache_key: "k", logit_bias: {}, stop_sequences: undefined },
      stream_options: { include_obfuscation: true },
      reasoning_effort: "low",
      chat_template_kwargs: { enable_thinking: false },
    });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { choices: [{ message: { content: "Hello" } }] },
    ]);
    expect(given).toEqual([
      [
        { role: "system", content: "Be brief." },
        { role: "user", name: "Bob", content: "Hi" },
        { role: "assistant", content: "No.", reasoning_content: "Hm." },
        { role: "user", content: "So?" },
        { role: "assistant", content: "Yes" },
        { role: "user", content: "" },
      ],
      { variables: { reasoning_effort: "low", enable_thinking: false } },
    ]);
    const again = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "3" }] },
    ];
    expect((await post("/v1/chat/completions", { messages: again })).status).toBe(200);
  });

  it("satisfies the stream helper, log-probabilities once each", async () => {
    const { client } = await serving(actor("Yes 🐚"));
    const stream = client.chat.completions.stream({
      model: "model",
      messages,
      logprobs: true,
      top_logprobs: 2,
    });
    const { choices } = await stream.finalChatCompletion();
    expect(choices[0]!.message.content).toBe("Yes 🐚");
    const { content } = choices[0]!.logprobs!;
    expect(content!.map(({ token }) => token).slice(0, 4)).toEqual(["Y", "e", "s", " "]);
    expect(content).toHaveLength(8); // the end token is no part of the answer
    const written = Uint8Array.from(content!.flatMap(({ bytes }) => bytes!));
    expect(new TextDecoder().decode(written)).toBe("Yes 🐚");
    expect(content![0]!.top_logprobs).toHaveLength(2);
    expect(content![0]!.top_logprobs[0]).toMatchObject({
      token: "Y",
      logprob: content![0]!.logprob,
      bytes: [89],
    });
    expect(Math.exp(content![0]!.logprob)).toBeCloseTo(1, 9);
  });

  it("writes what `complete` writes with the seed, n texts as rows 0 to n - 1", async () => {
    const model = babbler();
    const { client } = await serving(model);
    const options = { n: 3, seed: 5, max_tokens: 20, temperature: 0.7, top_p: 0.9, stop: "e" };
    const prompt = Uint8Array.of(0, ...bytes.encode("Be brief.\nUser: Hi\nAssistant:"));
    const own = { seed: 5, maxTokens: 20, temperature: 0.7, topP: 0.9, stop: ["\nUser:", "e"] };
    const rows = [0, 1, 2].map((row) => complete(model, bytes, prompt, { ...own, row }));
    const expected = (await Promise.all(rows)).map(({ text }) => text);
    const { choices } = await client.chat.completions.create({ model: "model", messages, ...options });
    expect(choices.map(({ message }) => message.content)).toEqual(expected);
    const texts = ["", "", ""];
    const stream = await client.chat.completions.create({
      model: "model",
      messages,
      ...options,
      stream: true,
    });
    for await (const { choices } of stream) texts[choices[0]!.index] += choices[0]!.delta.content ?? "";
    expect(texts).toEqual(expected);
    // Without a seed nobody knows.
    const { seed: _, ...free } = options;
    const again = await client.chat.completions.create({ model: "model", messages, ...free });
    expect(again.choices.map(({ message }) => message.content)).not.toEqual(expected);
  });

  it("writes on from tokens of an answer as it wrote them itself", async () => {
    const { post } = await serving(babbler());
    const request = { messages, seed: 8, max_tokens: 12, logprobs: true };
    const ask = async (more: object) => {
      const response = await post("/v1/chat/completions", { ...request, ...more });
      const { choices } = (await response.json()) as OpenAI.ChatCompletion;
      return choices[0]!.logprobs!.content!.map((token) => (token as unknown as { id: number }).id);
    };
    const whole = await ask({});
    expect(whole).toHaveLength(12);
    expect(await ask({ answer_ids: whole.slice(0, 5), max_tokens: 7 })).toEqual(whole.slice(5));
    const foreign = await post("/v1/chat/completions", { ...request, answer_ids: [999] });
    expect(foreign.status).toBe(400);
  });

  it.each([
    [{ stop: "lo" }, "Hel", "stop"],
    [{ stop: ["x", "lo", "l"] }, "He", "stop"],
    [{ stop: null, max_tokens: 4 }, "Hell", "length"],
    [{ max_completion_tokens: 2, max_tokens: null }, "He", "length"],
    [{ logit_bias: { "108": -100 }, temperature: 0 }, "He", "stop"],
    [
      { response_format: { type: "text" }, tools: [], tool_choice: "auto", reasoning_effort: null },
      "Hello",
      "stop",
    ],
  ])("takes %j", async (fields, content, finish_reason) => {
    const { post } = await serving(actor("Hello"));
    const response = await post("/v1/chat/completions", { max_tokens: 100, messages, ...fields });
    const { choices } = (await response.json()) as OpenAI.ChatCompletion;
    expect(choices[0]!.message.content!.slice(0, content.length)).toBe(content);
    expect(choices[0]!.finish_reason).toBe(finish_reason);
  });

  it.each([
    [{ temperature: -1 }, "temperature"],
    [{ temperature: "1" }, "temperature"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ n: 1.5 }, "n"],
    [{ n: 128, max_tokens: 1 }, "n"],
    [{ stop: ["a", 1] }, "stop[1]"],
    [{ stop: "\ud800" }, "stop"],
    [{ logit_bias: { "256": 1 } }, "logit_bias"],
    [{ logit_bias: { a: 1 } }, "logit_bias.a"],
    [{ top_logprobs: 2 }, "top_logprobs"],
    [{ temprature: 1 }, "temprature"],
    [{ verbosity: "high" }, "verbosity"],
    [{ logit_bias: { "-1": 1 } }, "logit_bias.-1"],
    [{ functions: [{ name: "f" }] }, "functions"],
    [{ audio: {} }, "audio"],
    [{ modalities: ["text", "audio"] }, "modalities"],
    [{ seed: 2 ** 60 }, "seed"],
    [{ messages: [] }, "messages"],
    [{ messages: [{ role: "wizard", content: "" }] }, "messages[0].role"],
    [{ messages: [{ role: "user" }] }, "messages[0].content"],
    [{ messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "messages[0].content[0].type"],
    [{ messages: [{ role: "user", content: "x".repeat(2100) }] }, "messages"],
    [{ messages: undefined }, "messages"],
    [{ stream_options: { include_usage: 1 } }, "stream_options.include_usage"],
  ])("refuses %j by name", async (fields, param) => {
    const { post } = await serving(actor("Hello"), { maxQueue: 20 });
    const response = await post("/v1/chat/completions", { messages, ...fields });
    const body = (await response.json()) as { error: { param: string } };
    expect([response.status, body.error.param]).toEqual([400, param]);
  });

  it("tells of a fault in mid-stream what a client needs to know, and ends", async () => {
    const errors: unknown[] = [];
    let steps = 0;
    const model = babbler();
    const failing = {
      ...model,
      session: (rows?: number) => {
        const session = model.session(rows);
        return {
          ...session,
          step: async (...args: Parameters<typeof session.step>) => {
            if (steps++ === 5) throw new Error("out of memory at 0x1234");
            return session.step(...args);
          },
        };
      },
    };
    const { client } = await serving(failing, { onError: (error) => errors.push(error) });
    const request = { model: "model", messages, max_tokens: 50, seed: 1, logit_bias: { "0": -100 } };
    const stream = await client.chat.completions.create({ ...request, stream: true });
    const chunks: unknown[] = [];
    const reading = async () => {
      for await (const chunk of stream) chunks.push(chunk);
    };
    await expect(reading()).rejects.toThrow(OpenAI.APIError);
    expect(chunks.length).toBeGreaterThan(1);
    expect(String(errors)).toContain("0x1234");
    expect((await client.chat.completions.create(request)).usage!.completion_tokens).toBe(50);
  });
});

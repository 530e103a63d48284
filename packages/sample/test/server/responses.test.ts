import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";
import { describe, expect, it } from "vitest";
import { actor, serving } from "./server.js";

const instructions = "Be brief.";

describe("/v1/responses", () => {
  it("answers as openai's client reads it", async () => {
    const { client } = await serving(actor("Héllo"));
    const response = await client.responses.create({ model: "model", input: "Hi", instructions });
    expect(response.output_text).toBe("Héllo");
    expect(response).toMatchObject({ status: "completed", incomplete_details: null, instructions });
    const prompt = "Be brief.\nUser: Hi\nAssistant:".length + 1;
    expect(response.usage).toMatchObject({
      input_tokens: prompt,
      output_tokens: 7,
      total_tokens: prompt + 7,
    });
    const cut = await client.responses.create({
      model: "model",
      input: "Hi",
      instructions,
      max_output_tokens: 3,
    });
    expect(cut).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      usage: { input_tokens_details: { cached_tokens: prompt - 1 } },
    });
  });

  it("streams as openai's client reads it", async () => {
    const { client } = await serving(actor("Hé"));
    const include = ["message.output_text.logprobs" as const];
    const stream = client.responses.stream({ model: "model", input: "Hi", include, top_logprobs: 1 });
    const types: string[] = [];
    for await (const { type, sequence_number } of stream) {
      expect(sequence_number).toBe(types.length);
      types.push(type);
    }
    expect(types.filter((type) => type !== "response.output_text.delta")).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const response = await stream.finalResponse();
    expect(response.output_text).toBe("Hé");
    expect(response.output[0]).toMatchObject({ content: [{ logprobs: [{ token: "H" }, {}, {}] }] });
  });

  it("is what createOpenAI()() of ai speaks to", async () => {
    const { url } = await serving(actor("Hello, you"));
    const model = createOpenAI({ baseURL: `${url}/v1`, apiKey: "none" })("model");
    const settings = { model, system: instructions, prompt: "Hi" };
    const { text, usage, finishReason } = await generateText(settings);
    expect([text, usage.outputTokens, finishReason]).toEqual(["Hello, you", 11, "stop"]);
    const stream = streamText({ ...settings, maxOutputTokens: 4, temperature: 0 });
    const pieces: string[] = [];
    for await (const piece of stream.textStream) pieces.push(piece);
    expect(pieces).toEqual(["H", "e", "l", "l"]);
    expect(await stream.finishReason).toBe("length");
  });

  it.each([
    [{ previous_response_id: "resp_1" }, "previous_response_id"],
    [{ reasoning: { effort: "high" } }, "reasoning"],
    [{ background: true }, "background"],
    [{ truncation: "auto" }, "truncation"],
    [{ input: [{ role: "user", content: [{ type: "input_image" }] }] }, "input[0].content[0].type"],
    [{ input: "x".repeat(2100) }, "input"],
    [{ max_tokens: 3 }, "max_tokens"],
  ])("refuses %j by name", async (fields, param) => {
    const { post } = await serving(actor("Hello"));
    const response = await post("/v1/responses", { input: "Hi", ...fields });
    const body = (await response.json()) as { error: { param: string } };
    expect([response.status, body.error.param]).toEqual([400, param]);
  });
});

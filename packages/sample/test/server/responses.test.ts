import { createOpenAI } from "@ai-sdk/openai";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { actor, babbler, dialogue, serving } from "./server.js";

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

  it("keeps to a schema, and calls tools", async () => {
    const Person = z.object({ name: z.string().max(5), age: z.int().min(0).max(99) });
    const { client } = await serving(babbler());
    const text = { format: zodTextFormat(Person, "person") };
    const { output_parsed } = await client.responses.parse({ model: "model", input: "Hi", text });
    expect(Person.parse(output_parsed)).toEqual(output_parsed);
    const tools = [zodResponsesFunction({ name: "person", parameters: Person })];
    const request = { model: "model", input: "Hi", tools, parallel_tool_calls: false };
    const stream = client.responses.stream({ ...request, tool_choice: "required" });
    const { output, status } = await stream.finalResponse();
    expect([status, output.map(({ type }) => type)]).toEqual(["completed", ["function_call"]]);
    const [call] = output;
    if (call?.type !== "function_call") throw new Error("there is no call");
    Person.parse(JSON.parse(call.arguments));
  });

  it("carries a loop of two steps of ai, with what was said before in the input", async () => {
    const call = '<tool_call>\n{"name": "double", "arguments": {"of":4}}\n</tool_call>';
    const prompts: string[] = [];
    const { url } = await serving(
      dialogue((prompt) => {
        prompts.push(prompt);
        return prompt.includes("Tool: ") ? "It is 8." : `Let me see.${call}`;
      }),
    );
    const inputSchema = z.object({ of: z.int().min(0).max(9) });
    const double = tool({ inputSchema, execute: async ({ of }) => 2 * of });
    const settings = {
      model: createOpenAI({ baseURL: `${url}/v1`, apiKey: "none" })("model"),
      prompt: "Twice four?",
      tools: { double },
      stopWhen: stepCountIs(3),
      providerOptions: { openai: { store: false } },
    };
    const { text, steps } = await generateText(settings);
    expect([text, steps.length]).toEqual(["It is 8.", 2]);
    expect(prompts.at(-1)).toContain(`Let me see.\n${call}\nTool: 8\nAssistant:`);
    const stream = streamText(settings);
    expect([await stream.text, (await stream.steps).length]).toEqual(["It is 8.", 2]);
    const Answer = z.object({ n: z.int().min(0).max(9) });
    const { model } = settings;
    const { output } = await generateText({ model, prompt: "Hi", output: Output.object({ schema: Answer }) });
    expect(Answer.parse(output)).toEqual(output);
  });

  it.each([
    [{ input: [{ type: "item_reference", id: "msg_1" }] }, "input[0].type"],
    [{ text: { format: { type: "json_schema", name: "a", schema: { type: "x" } } } }, "text.format"],
    [{ previous_response_id: "resp_1" }, "previous_response_id"],
    [{ reasoning: { depth: 3 } }, "reasoning.depth"],
    [{ input: [{ type: "reasoning", id: "rs_1", summary: [] }] }, "input[0].type"],
    [
      { tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] } },
      "tool_choice",
    ],
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

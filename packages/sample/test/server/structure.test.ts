import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { modelOf, type Tokenizer } from "@llm/sample";
import { serve } from "@llm/sample/node";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { LengthFinishReasonError } from "openai/error";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { bytes as plain } from "../models.js";
import { actor, babbler, dialogue, serving } from "./server.js";

const messages = [{ role: "user" as const, content: "Hi" }];
const Person = z.object({
  name: z.string().max(8),
  age: z.int().min(0).max(99),
  likes: z.array(z.enum(["tea", "milk"])).max(2),
});
const parameters = z.object({ city: z.enum(["Oslo", "Rom"]), days: z.int().min(1).max(9) });
const call = (city: string, days: number) =>
  `<tool_call>\n{"name": "weather", "arguments": {"city":"${city}","days":${days}}}\n</tool_call>`;

describe("structured answers", () => {
  it("parse with zod, whatever the model likes to say", async () => {
    const { client } = await serving(babbler());
    for (let seed = 0; seed < 5; seed++) {
      const { choices } = await client.chat.completions.parse({
        model: "model",
        messages,
        seed,
        response_format: zodResponseFormat(Person, "person"),
      });
      expect(Person.parse(choices[0]!.message.parsed)).toEqual(choices[0]!.message.parsed);
      expect(choices[0]!.finish_reason).toBe("stop");
    }
    const cut = client.chat.completions.parse({
      model: "model",
      messages,
      max_tokens: 5,
      response_format: zodResponseFormat(Person, "person"),
    });
    await expect(cut).rejects.toThrow(LengthFinishReasonError);
  });

  it("end with what is wrong where no token of the model's can go on", async () => {
    const errors: unknown[] = [];
    const silent = modelOf(() => new Float32Array(256).fill(Number.NEGATIVE_INFINITY).fill(0, 97, 123), {
      vocabSize: 256,
      blockSize: 512,
    });
    const { post } = await serving(silent, { onError: (error) => errors.push(error) });
    const response = await post("/v1/chat/completions", {
      messages,
      response_format: { type: "json_object" },
    });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("no token is left") },
    });
    expect(errors).toHaveLength(1);
  });

  it("are refused by name where the vocabulary cannot write them, before and within", async () => {
    const cannot = (letters: string): Tokenizer => ({
      ...plain,
      has: (id) => !letters.includes(String.fromCharCode(id)),
    });
    const formats = [
      [cannot("{"), { response_format: { type: "json_object" } }, "response_format"],
      [cannot('"'), { response_format: zodResponseFormat(Person, "person") }, "response_format"],
      [cannot("<"), { tools: [zodFunction({ name: "f", parameters })], tool_choice: "required" }, "tools"],
    ] as const;
    for (const [tokenizer, fields, param] of formats) {
      const server = await serve(babbler(), tokenizer, { port: 0 });
      onTestFinished(() => server.close({ grace: 0 }));
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ messages, ...fields }),
      });
      const { error } = (await response.json()) as { error: { param: string; message: string } };
      expect([response.status, error.param]).toEqual([400, param]);
      expect(error.message).toContain("vocabulary has no token");
    }
  });

  it("are an object where no schema is given", async () => {
    const { client } = await serving(babbler());
    const { choices } = await client.chat.completions.create({
      model: "model",
      messages,
      seed: 3,
      response_format: { type: "json_object" },
    });
    expect(JSON.parse(choices[0]!.message.content!)).toBeTypeOf("object");
  });

  it("are what Output.object of ai asks for", async () => {
    const { url } = await serving(babbler());
    const provider = createOpenAICompatible({
      name: "local",
      baseURL: `${url}/v1`,
      supportsStructuredOutputs: true,
    });
    const settings = {
      model: provider("model"),
      prompt: "Hi",
      output: Output.object({ schema: Person }),
      seed: 1,
    };
    const { output } = await generateText(settings);
    expect(Person.parse(output)).toEqual(output);
    const stream = streamText({ ...settings, seed: 2 });
    expect(Person.parse(await stream.output)).toBeTypeOf("object");
  });

  it.each([
    [
      { type: "json_schema", json_schema: { name: "a", schema: { type: "array", uniqueItems: true } } },
      "response_format",
    ],
    [{ type: "yaml" }, "response_format.type"],
  ])("refuse %j by name", async (response_format, param) => {
    const { post } = await serving(babbler());
    const response = await post("/v1/chat/completions", { messages, response_format });
    const body = (await response.json()) as { error: { param: string } };
    expect([response.status, body.error.param]).toEqual([400, param]);
  });
});

describe("calls of tools", () => {
  const tools = [
    zodFunction({ name: "weather", parameters }),
    zodFunction({ name: "time", parameters: z.object({}) }),
  ];

  it("are those of the tools that are allowed", async () => {
    const { client } = await serving(babbler());
    const allowed = { mode: "required" as const, tools: [{ type: "function", function: { name: "time" } }] };
    const { choices } = await client.chat.completions.create({
      ...{ model: "model", messages, tools, seed: 5, parallel_tool_calls: false },
      tool_choice: { type: "allowed_tools", allowed_tools: allowed },
    });
    expect(choices[0]!.message.tool_calls).toMatchObject([{ function: { name: "time" } }]);
  });

  it("have an object of arguments, whatever their schema leaves out", async () => {
    const { client, post } = await serving(babbler());
    for (const parameters of [undefined, {}, { properties: { a: { type: "integer" } }, required: ["a"] }]) {
      const tool = { type: "function" as const, function: { name: "f", ...(parameters && { parameters }) } };
      const request = { model: "model", messages, tools: [tool], tool_choice: "required" as const, seed: 2 };
      const { choices } = await client.chat.completions.create({ ...request, parallel_tool_calls: false });
      const [made] = choices[0]!.message.tool_calls!;
      expect(JSON.parse((made as { function: { arguments: string } }).function.arguments)).toBeTypeOf(
        "object",
      );
    }
    const text = { type: "function", function: { name: "f", parameters: { type: "string" } } };
    const response = await post("/v1/chat/completions", { messages, tools: [text] });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param: "tools[0].function.parameters" } },
    ]);
  });

  it("are made where they must be, and fit", async () => {
    const { client } = await serving(babbler());
    for (const tool_choice of ["required", { type: "function", function: { name: "weather" } }] as const) {
      const request = { model: "model", messages, tools, tool_choice, seed: 5, parallel_tool_calls: false };
      const { choices } = await client.chat.completions.parse(request);
      const { message, finish_reason } = choices[0]!;
      expect(finish_reason).toBe("tool_calls");
      expect(message.content).toBeNull();
      expect(message.tool_calls).toHaveLength(1);
      const { name, arguments: given } = message.tool_calls![0]!.function;
      if (name === "weather") parameters.parse(JSON.parse(given));
      if (typeof tool_choice === "object") expect(name).toBe("weather");
    }
  });

  it("stream with log-probabilities as the helper wants them, text before them", async () => {
    const { client } = await serving(actor(`Let me see.\n${call("Rom", 2)}\n${call("Oslo", 3)}`));
    const request = { model: "model", messages, tools, logprobs: true, temperature: 0 };
    const stream = client.chat.completions.stream(request);
    const names: string[] = [];
    stream.on("tool_calls.function.arguments.done", ({ name }) => names.push(name));
    const { choices } = await stream.finalChatCompletion();
    const { message, finish_reason, logprobs } = choices[0]!;
    expect(message.content).toBe("Let me see.\n");
    expect(message.tool_calls!.map(({ function: { arguments: given } }) => JSON.parse(given))).toEqual([
      { city: "Rom", days: 2 },
      { city: "Oslo", days: 3 },
    ]);
    expect(new Set(message.tool_calls!.map(({ id }) => id)).size).toBe(2);
    expect([names, finish_reason]).toEqual([["weather", "weather"], "tool_calls"]);
    const said = logprobs!.content!.map(({ token }) => token).join("");
    expect(said).toBe(`Let me see.\n${call("Rom", 2)}\n${call("Oslo", 3)}`);
  });

  it("are made or not as the model likes, and not where they must not be", async () => {
    const { client } = await serving(actor(call("Rom", 2)));
    const request = { model: "model", messages, tools, temperature: 0 };
    const finish = async (more: object) =>
      (await client.chat.completions.create({ ...request, ...more })).choices[0]!;
    expect((await finish({})).finish_reason).toBe("tool_calls");
    const plain = await finish({ tool_choice: "none" });
    expect([plain.finish_reason, plain.message.content]).toEqual(["stop", call("Rom", 2)]);
    // A call of another tool cannot be finished as one.
    const others = await serving(actor('<tool_call>\n{"name": "delete"}'));
    const kept = await others.client.chat.completions.create({ ...request, max_tokens: 200 });
    const named = kept.choices[0]!.message.tool_calls?.map(
      (each) => each.type === "function" && each.function.name,
    );
    for (const name of named ?? []) expect(["weather", "time"]).toContain(name);
  });

  it("carry a loop of two steps of ai", async () => {
    const prompts: string[] = [];
    const model = dialogue((prompt) => {
      prompts.push(prompt);
      return prompt.includes("Tool: ") ? "It is 21 degrees." : call("Oslo", 1);
    });
    const { url } = await serving(model);
    const provider = createOpenAICompatible({ name: "local", baseURL: `${url}/v1` });
    const asked: unknown[] = [];
    const weather = tool({
      description: "The weather",
      inputSchema: parameters,
      execute: async (input) => {
        asked.push(input);
        return { degrees: 21 };
      },
    });
    const settings = {
      model: provider("model"),
      prompt: "Warm?",
      tools: { weather },
      stopWhen: stepCountIs(3),
    };
    const { text, steps } = await generateText({ ...settings, temperature: 0 });
    expect([text, steps.length, asked]).toEqual(["It is 21 degrees.", 2, [{ city: "Oslo", days: 1 }]]);
    expect(prompts.at(-1)).toContain(`${call("Oslo", 1)}\nTool: {"degrees":21}\nAssistant:`);
    const stream = streamText({ ...settings, temperature: 0 });
    expect([await stream.text, (await stream.steps).length]).toEqual(["It is 21 degrees.", 2]);
  });

  it.each([
    [{ tool_choice: "required" }, "tool_choice"],
    [{ tools, tool_choice: { type: "function", function: { name: "date" } } }, "tool_choice"],
    [{ tools: [tools[1], tools[1]] }, "tools"],
    [{ tools: [{ type: "function", function: { name: "a b" } }] }, "tools[0].function.name"],
    [
      {
        tools: [
          tools[1],
          { type: "function", function: { name: "f", parameters: { type: "object", minProperties: 1 } } },
        ],
      },
      "tools[1].function.parameters",
    ],
    [{ tools: [{ type: "web_search" }] }, "tools[0].type"],
  ])("refuse %j by name", async (fields, param) => {
    const { post } = await serving(babbler());
    const response = await post("/v1/chat/completions", { messages, ...fields });
    const body = (await response.json()) as { error: { param: string } };
    expect([response.status, body.error.param]).toEqual([400, param]);
  });
});

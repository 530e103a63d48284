import type { RenderChat } from "@llm/sample/node";
import type OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { actor, clientOf, written } from "./marks.js";

type Call = NonNullable<Parameters<RenderChat>[0][number]["tool_calls"]>[number];

/** Forms of chat as templates of these families write them. */
const CALLS: Record<string, (calls: readonly Call[]) => string> = {
  hermes: (calls) =>
    calls.map(({ function: f }) => `<tool_call>\n${jsonOf(f, "arguments")}\n</tool_call>`).join("\n"),
  llama: ([call]) => jsonOf(call!.function, "parameters"),
  mistral: (calls) => {
    const json = calls.map(
      ({ id, function: f }) => `${jsonOf(f, "arguments").slice(0, -1)}, "id": "${idOf(id)}"}`,
    );
    return `[TOOL_CALLS][${json.join(", ")}]`;
  },
  "mistral's later": (calls) =>
    calls.map(({ function: f }) => `[TOOL_CALLS]${f.name}[ARGS]${JSON.stringify(f.arguments)}`).join(""),
  apriel: (calls) =>
    `<tool_calls>[${calls.map(({ id, function: f }) => `${jsonOf(f, "arguments").slice(0, -1)}, "id": "${id}"}`).join(", ")}]</tool_calls>`,
  nemotron: (calls) =>
    `<TOOLCALL>[${calls.map(({ function: f }) => jsonOf(f, "arguments")).join(", ")}]</TOOLCALL>`,
  minimax: (calls) =>
    `<tool_calls>\n${calls.map(({ function: f }) => jsonOf(f, "arguments")).join("\n")}\n</tool_calls>`,
  "qwen coder": (calls) =>
    calls
      .map(({ function: f }) => {
        const given = inTags(f, (name, value) => `<parameter=${name}>\n${value}\n</parameter>\n`);
        return `<tool_call>\n<function=${f.name}>\n${given}</function>\n</tool_call>`;
      })
      .join("\n"),
  "seed-oss": (calls) =>
    calls
      .map(({ function: f }) => {
        const given = inTags(f, (name, value) => `<parameter=${name}>${value}</parameter>\n`);
        return `<seed:tool_call>\n<function=${f.name}>\n${given}</function>\n</seed:tool_call>`;
      })
      .join("\n"),
  "glm 4.5": (calls) =>
    calls
      .map(({ function: f }) => {
        const given = inTags(
          f,
          (name, value) => `<arg_key>${name}</arg_key>\n<arg_value>${value}</arg_value>\n`,
        );
        return `<tool_call>${f.name}\n${given}</tool_call>`;
      })
      .join("\n"),
  "glm 4.7": (calls) =>
    calls
      .map(({ function: f }) => {
        const given = inTags(f, (name, value) => `<arg_key>${name}</arg_key><arg_value>${value}</arg_value>`);
        return `<tool_call>${f.name}${given}</tool_call>`;
      })
      .join(""),
  "minimax m2": (calls) => {
    const each = calls.map(({ function: f }) => {
      const given = inTags(f, (name, value) => `<parameter name="${name}">${value}</parameter>\n`);
      return `<invoke name="${f.name}">\n${given}</invoke>\n`;
    });
    return `<minimax:tool_call>\n${each.join("")}</minimax:tool_call>`;
  },
  deepseek: (calls) => {
    const each = calls.map(
      ({ function: f }) =>
        `<｜tool▁call▁begin｜>function<｜tool▁sep｜>${f.name}\n\`\`\`json\n${f.arguments}\n\`\`\`<｜tool▁call▁end｜>`,
    );
    return `<｜tool▁calls▁begin｜>${each.join("\n")}<｜tool▁calls▁end｜>`;
  },
  "deepseek's later": (calls) => {
    const each = calls.map(
      ({ function: f }) =>
        `<｜tool▁call▁begin｜>${f.name}<｜tool▁sep｜>${JSON.stringify(f.arguments)}<｜tool▁call▁end｜>`,
    );
    return `<｜tool▁calls▁begin｜>${each.join("")}<｜tool▁calls▁end｜>`;
  },
  functionary: (calls) =>
    calls.map(({ function: f }) => `<function=${f.name}>${JSON.stringify(f.arguments)}</function>`).join(""),
};

function jsonOf({ name, arguments: given }: Call["function"], key: string): string {
  return `{"name": "${name}", "${key}": ${JSON.stringify(given)}}`;
}

function inTags(f: Call["function"], argument: (name: string, value: string) => string): string {
  return Object.entries(f.arguments as object)
    .map(([name, value]) => argument(name, typeof value === "string" ? value : JSON.stringify(value)))
    .join("");
}

function idOf(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
  throw new Error("ids of calls have nine letters and digits");
}

const chatOf =
  (form: string): RenderChat =>
  (messages, { tools = [] }) => {
    const turns = messages.map(({ role, content, tool_calls, tool_call_id }) => {
      if (form === "mistral" && tool_call_id !== undefined) idOf(tool_call_id);
      return `<${role}>${content ?? ""}${tool_calls ? CALLS[form]!(tool_calls) : ""}`;
    });
    return { ids: written(`${JSON.stringify(tools)}${turns.join("")}<go>`) };
  };

const parameters = {
  type: "object",
  properties: { city: { type: "string", maxLength: 9 } },
  required: ["city"],
  additionalProperties: false,
};
const tools = ["weather", "we"].map((name) => ({
  type: "function" as const,
  function: { name, parameters },
}));
const request = {
  model: "model",
  tools,
  max_tokens: 300,
  messages: [{ role: "user" as const, content: "Hi" }],
};

/** A call in which nothing is as simple as it may be. */
const said = { city: 'a}]"\\' };
const call = (id: string, name: string): Call => ({
  id,
  type: "function",
  function: { name, arguments: said },
});

/** What a model writes. */
const callsIn = (form: string, calls: readonly Call[]) => {
  const text = JSON.stringify(said);
  const given = form === "deepseek" ? text : said;
  return CALLS[form]!(calls.map((each) => ({ ...each, function: { ...each.function, arguments: given } })));
};

describe.each(Object.keys(CALLS))("calls as %s writes them", (form) => {
  const chat = chatOf(form);
  const isSingle = form === "llama";
  const calls = [call("abcdefghi", "weather"), ...(isSingle ? [] : [call("abcdefghj", "we")])];

  it("are told from text, whole and streamed", async () => {
    const lead = isSingle ? "" : "Let me see.";
    const client = await clientOf(actor(lead + callsIn(form, calls)), chat);
    const { choices } = await client.chat.completions.create(request);
    const { message, finish_reason } = choices[0]!;
    const found = message.tool_calls!.map((each) => each.type === "function" && each.function);
    const wanted = calls.map(({ function: { name } }) => ({ name, arguments: JSON.stringify(said) }));
    expect([message.content, found, finish_reason]).toEqual([lead || null, wanted, "tool_calls"]);
    const stream = client.chat.completions.stream(request);
    const { choices: streamed } = await stream.finalChatCompletion();
    expect(streamed[0]!.message.tool_calls!.map((each) => each.type === "function" && each.function)).toEqual(
      wanted.map((each) => expect.objectContaining(each)),
    );
  });

  it("are not seen in other answers", async () => {
    for (const text of ['Hello {"name": "weather"', '{"a": 1}', "[TOOL", '{"nam', "<"]) {
      const client = await clientOf(actor(text), chat);
      const { choices } = await client.chat.completions.create({ ...request, temperature: 0 });
      expect([choices[0]!.message.content, choices[0]!.finish_reason]).toEqual([text, "stop"]);
    }
  });

  it("are made where they must be", async () => {
    const client = await clientOf(actor(), chat);
    const named = { type: "function" as const, function: { name: "we" } };
    for (const tool_choice of ["required" as const, named]) {
      const { choices } = await client.chat.completions.create({
        ...request,
        tool_choice,
        parallel_tool_calls: false,
        seed: 4,
      });
      const [only, ...others] = choices[0]!.message.tool_calls!;
      expect(others).toEqual([]);
      expect(only).toMatchObject({ type: "function" });
      const { name, arguments: given } = (only as { function: { name: string; arguments: string } }).function;
      expect(JSON.parse(given)).toEqual({ city: expect.any(String) });
      if (typeof tool_choice === "object") expect(name).toBe("we");
    }
  });

  it("are put back with their results, whoever made their ids", async () => {
    const client = await clientOf(actor("Done"), chat);
    const { function: made } = calls[0]!;
    const { choices } = await client.chat.completions.create({
      ...request,
      messages: [
        ...request.messages,
        {
          role: "assistant",
          tool_calls: [
            { id: "call_1", type: "function", function: { ...made, arguments: JSON.stringify(said) } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: "3" },
      ],
    });
    expect(choices[0]!.message.content).toBe("Done");
  });
});

describe("a form of chat", () => {
  const prompts: string[] = [];
  const strictChat =
    (callsOf: (calls: readonly Call[]) => string): RenderChat =>
    (messages, { tools = [] }) => {
      const turns = messages.map(({ role, content, tool_calls }) => {
        if (content === null) throw new Error("null has no attribute");
        return `<${role}>${content}${tool_calls ? callsOf(tool_calls) : ""}`;
      });
      const text = `${JSON.stringify(tools)}${turns.join("")}<go>`;
      prompts.push(text);
      return { ids: written(text) };
    };
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    ...request.messages,
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "we", arguments: JSON.stringify(said) } },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: "3" },
  ];

  it("that takes no null beside calls is given none", async () => {
    const client = await clientOf(actor("Done"), strictChat(CALLS["hermes"]!));
    await client.chat.completions.create({ ...request, messages });
    expect(prompts.at(-1)).toMatch(/^\[\{.*<user>Hi<assistant><tool_call>\n.*<tool>3<go>$/s);
  });

  it("whose calls are not known is told of Hermes's in words", async () => {
    const strange = strictChat(([call]) => `[${call!.function.name}(city="a")]`);
    const client = await clientOf(actor(CALLS["hermes"]!([call("", "we")])), strange);
    const { choices } = await client.chat.completions.create({ ...request, messages });
    expect(choices[0]!.message.tool_calls).toHaveLength(1);
    expect(prompts.at(-1)).toMatch(/^\[\]<user>You can call.*<tool_call>\n.*<tool_response>\n3\n/s);
  });

  it("that takes arguments as text, and lists no tools, is told of them in words and of its own calls", async () => {
    const chat: RenderChat = (given) => {
      const turns = given.map(({ role, content, tool_calls = [] }) => {
        if (tool_calls.some((each) => typeof each.function.arguments !== "string"))
          throw new Error("no text");
        return `<${role}>${content ?? ""}${tool_calls.length > 0 ? CALLS["deepseek"]!(tool_calls) : ""}`;
      });
      prompts.push(`${turns.join("")}<go>`);
      return { ids: written(prompts.at(-1)!) };
    };
    const client = await clientOf(actor(callsIn("deepseek", [call("", "we")])), chat);
    const { choices } = await client.chat.completions.create({ ...request, messages });
    expect(choices[0]!.message.tool_calls).toMatchObject([
      { function: { name: "we", arguments: JSON.stringify(said) } },
    ]);
    expect(prompts.at(-1)).toMatch(
      /^<user>You can call.*"name":"weather".*sep｜><name>\n```json\n<arguments>\n/s,
    );
    expect(prompts.at(-1)).toMatch(/Hi<assistant><｜tool▁calls▁begin｜>.*<tool>3<go>$/s);
  });

  it("that tells of its calls and has no place for them, as Granite's, is given them as text", async () => {
    const chat: RenderChat = (given, { tools = [] }) => {
      const turns = given.map(({ role, content }) => `<${role}>${content!.trim()}`);
      const told = tools.length > 0 ? "Call a tool by <|tool_call|> and a list." : "";
      prompts.push(`${told}${JSON.stringify(tools)}${turns.join("")}<go>`);
      return { ids: written(prompts.at(-1)!) };
    };
    const text = `<|tool_call|>[${jsonOf(call("", "we").function, "arguments")}]`;
    const client = await clientOf(actor(text), chat);
    const { choices } = await client.chat.completions.create({ ...request, messages });
    expect(choices[0]!.message.tool_calls).toMatchObject([
      { function: { name: "we", arguments: JSON.stringify(said) } },
    ]);
    expect(prompts.at(-1)).toContain('<user>Hi<assistant><|tool_call|>[{"name": "we"');
    expect(prompts.at(-1)).toMatch(/\]<tool>3<go>$/);
  });
});

describe("a form of chat without a place for tools", () => {
  const prompts: string[] = [];
  const chat: RenderChat = (messages) => {
    for (const [i, { role }] of messages.entries()) {
      if (role !== ["user", "assistant"][i % 2]) throw new Error("user and assistant take turns");
    }
    const text = `${messages.map(({ role, content }) => `<${role}>${content}`).join("")}<go>`;
    prompts.push(text);
    return { ids: written(text) };
  };

  it("is told of them in the first message, and of calls and results in words", async () => {
    const client = await clientOf(actor(CALLS["hermes"]!([call("", "we")])), chat);
    const messages: OpenAI.ChatCompletionMessageParam[] = [...request.messages];
    const { choices } = await client.chat.completions.create({ ...request, messages });
    const { message } = choices[0]!;
    expect(message.tool_calls).toHaveLength(1);
    messages.push(message, { role: "tool", tool_call_id: message.tool_calls![0]!.id, content: "3" });
    await client.chat.completions.create({ ...request, messages });
    expect(prompts.at(-1)).toMatch(/^<user>You can call.*"name":"weather".*\n\nHi<assistant><tool_call>\n/s);
    expect(prompts.at(-1)).toMatch(/<\/tool_call><user><tool_response>\n3\n<\/tool_response><go>$/);
  });
});

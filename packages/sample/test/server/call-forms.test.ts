import { type LogitsModel, modelOf, type Tokenizer } from "@llm/sample";
import { type RenderChat, serve } from "@llm/sample/node";
import OpenAI from "openai";
import { describe, expect, it, onTestFinished } from "vitest";
import { bytes as plain } from "../models.js";
import { END } from "./server.js";

/** Bytes, and marks that are no text. */
const MARKS = ["[TOOL_CALLS]", "[ARGS]", "<|python_tag|>"];
const marks = new RegExp(`(${MARKS.map((mark) => mark.replaceAll(/[[\]|]/g, "\\$&")).join("|")})`);
const tokenBytes = (id: number) => (id < 256 ? Uint8Array.of(id) : new TextEncoder().encode(MARKS[id - 256]));
const tokenizer: Tokenizer = {
  ...plain,
  vocabSize: 256 + MARKS.length,
  tokenBytes,
  specialTokens: new Map(MARKS.map((mark, i) => [mark, 256 + i])),
  decode: (ids) =>
    new TextDecoder().decode(Uint8Array.from(Array.from(ids).flatMap((id) => [...tokenBytes(id)]))),
  decoder() {
    const utf8 = new TextDecoder();
    return { write: (id) => utf8.decode(tokenBytes(id), { stream: true }), end: () => utf8.decode() };
  },
};

/** Marks in a text are special tokens, as models write them. */
const written = (text: string) =>
  text.split(marks).flatMap((part) => {
    const mark = MARKS.indexOf(part);
    return mark < 0 ? [...plain.encode(part)] : [256 + mark];
  });

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
  functionary: (calls) =>
    calls.map(({ function: f }) => `<function=${f.name}>${JSON.stringify(f.arguments)}</function>`).join(""),
};

function jsonOf({ name, arguments: given }: Call["function"], key: string): string {
  return `{"name": "${name}", "${key}": ${JSON.stringify(given)}}`;
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

/** Says `script` behind "<go>"; without a script everything is as good, but for quotation marks and brackets. */
function actor(script?: string): LogitsModel {
  const cue = written("<go>");
  const ids = [...written(script ?? ""), END];
  return modelOf(
    (context) => {
      const logits = new Float32Array(tokenizer.vocabSize);
      if (script === undefined)
        return logits.map((_, id) => ('"}]'.includes(String.fromCharCode(id)) ? 3 : 0));
      let at = context.length;
      while (at >= 0 && !cue.every((id, i) => context[at - cue.length + i] === id)) at--;
      logits[ids[(context.length - at) % ids.length]!] = 60;
      return logits;
    },
    { vocabSize: tokenizer.vocabSize, blockSize: 1024, endOfText: END },
  );
}

async function clientOf(model: LogitsModel, chat?: RenderChat): Promise<OpenAI> {
  const server = await serve(model, tokenizer, { port: 0, onError: () => {}, ...(chat && { chat }) });
  onTestFinished(() => server.close({ grace: 0 }));
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
}

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

describe.each(Object.keys(CALLS))("calls as %s writes them", (form) => {
  const chat = chatOf(form);
  const isSingle = form === "llama";
  const calls = [call("abcdefghi", "weather"), ...(isSingle ? [] : [call("abcdefghj", "we")])];

  it("are told from text, whole and streamed", async () => {
    const lead = isSingle ? "" : "Let me see.";
    const client = await clientOf(actor(lead + CALLS[form]!(calls)), chat);
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
    const xml = strictChat(
      ([call]) => `<function=${call!.function.name}>\n<parameter=city>\na\n</parameter>`,
    );
    const client = await clientOf(actor(CALLS["hermes"]!([call("", "we")])), xml);
    const { choices } = await client.chat.completions.create({ ...request, messages });
    expect(choices[0]!.message.tool_calls).toHaveLength(1);
    expect(prompts.at(-1)).toMatch(/^\[\]<user>You can call.*<tool_call>\n.*<tool_response>\n3\n/s);
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

import type { Tokenizer } from "../types.js";
import type { ChatMessage, ChatPrompt, RenderChat, ToolCall } from "./chat-prompt.js";
import { ApiError } from "./errors.js";
import { AnswerReader } from "./structure/answer-reader.js";
import { JsonReader, TaggedReader } from "./structure/arguments-reader.js";
import { type CallForm, leadsOf } from "./structure/call-form.js";
import { formOf, HERMES, toldForm } from "./structure/call-forms.js";
import { callIdFor, newCallId } from "./structure/call-ids.js";
import { type Places, spellOutTools } from "./structure/spell-out-tools.js";
import { TaggedArguments } from "./structure/tagged-arguments.js";
import { argumentsSchema, type ChatTool } from "./structure/tools.js";

/** What a chat is rendered with, beside its messages. */
export interface ChatContext {
  /** Tools that the model may call. */
  tools: readonly ChatTool[];
  /** What the request says to the model's template. */
  variables: Readonly<Record<string, unknown>> | undefined;
  /** The field of the request that the messages came in. */
  param: string;
}

interface Calls {
  form: CallForm;
  places: Places;
  /** What the form of chat takes beside calls where there is no text. */
  noText: string | null;
  /** Whether it takes arguments as a text of JSON. */
  asText: boolean;
}

const NOWHERE: Places = { tools: false, calls: false, results: false };

/** A model's form of chat, and its form of calls. */
export class ChatForm {
  readonly #render: RenderChat;
  readonly #tokenizer: Tokenizer;
  #calls: Calls | undefined;

  constructor(render: RenderChat, tokenizer: Tokenizer) {
    this.#render = render;
    this.#tokenizer = tokenizer;
  }

  /** How answers hold calls of tools: as the model's form of chat writes them, or else as Hermes does. */
  get calls(): CallForm {
    return this.#known.form;
  }

  /** Reads one answer, which may call these tools. */
  reader(tools: readonly ChatTool[]): AnswerReader {
    if (tools.length === 0) return new AnswerReader(undefined);
    const form = this.calls;
    const leads = leadsOf(
      form,
      tools.map((tool) => tool.function.name),
    );
    const { tags } = form;
    return new AnswerReader({
      ...leads,
      isAtStart: form.mark === undefined,
      newId: () => newCallId(form),
      argumentsOf: (name) => {
        if (!tags) return new JsonReader();
        const tool = tools.find((each) => each.function.name === name)!;
        const given = new TaggedArguments(argumentsSchema(tool, "tools"));
        return new TaggedReader(tags, (argument) => given.formOf(argument));
      },
    });
  }

  /**
   * A chat as the model reads it.
   * @throws ApiError
   */
  prompt(messages: readonly ChatMessage[], { tools, variables, param }: ChatContext): ChatPrompt {
    const hasTools =
      tools.length > 0 ||
      messages.some(({ role, tool_calls }) => role === "tool" || tool_calls !== undefined);
    const known = hasTools ? this.#known : undefined;
    const given = known ? spelled(messages, tools, known) : messages;
    const context = {
      ...(tools.length > 0 && known?.places.tools && { tools: tools.map(described) }),
      ...(variables && { variables }),
    };
    try {
      return this.#render(given, context);
    } catch (cause) {
      const message = `the model's form of chat cannot take these messages: ${(cause as Error).message}`;
      throw new ApiError(400, message, { param, cause });
    }
  }

  get #known(): Calls {
    this.#calls ??= this.#find();
    return this.#calls;
  }

  /**
   * Looks at what becomes of a chat with a call in it: some templates take null for no text, others take "" alone; some take
   * arguments as a text.
   */
  #find(): Calls {
    for (const noText of [null, ""]) {
      for (const asText of [false, true]) {
        const calls = this.#callsWith(noText, asText);
        if (calls) return calls;
      }
    }
    return { form: HERMES, places: NOWHERE, noText: "", asText: false };
  }

  #callsWith(noText: string | null, asText: boolean): Calls | undefined {
    const name = "look_at";
    const parameters = { type: "object", properties: { at: { type: "integer" } }, required: ["at"] };
    const tools = [{ type: "function", function: { name: "look_up", description: "Looks.", parameters } }];
    const given = asText ? '{"at": 1}' : { at: 1 };
    const call: ToolCall = { id: "abcdefghi", type: "function", function: { name, arguments: given } };
    const messages: ChatMessage[] = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: noText, tool_calls: [call] },
      { role: "tool", tool_call_id: call.id, content: "seen" },
    ];
    try {
      const { ids } = this.#render(messages, { tools });
      const text = this.#tokenizer.decode(Uint32Array.from(ids));
      const [hasTools, hasCalls, hasResults] = ["look_up", name, "seen"].map((part) => text.includes(part));
      const form = hasCalls ? formOf(text, name) : hasTools && toldForm(text);
      const places = { tools: hasTools!, calls: hasCalls!, results: hasResults! };
      return form ? { form, places, noText, asText } : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A tool with all that templates ask for, some without looking whether it is there. */
function described({ type, function: { name, description, parameters, ...rest } }: ChatTool): object {
  const whole = {
    name,
    description: description ?? "",
    parameters: { type: "object", properties: {}, ...parameters },
    ...rest,
  };
  return { type, function: whole };
}

/** Messages as a form of chat takes them. */
function spelled(messages: readonly ChatMessage[], tools: readonly ChatTool[], known: Calls): ChatMessage[] {
  const { form, places, noText, asText } = known;
  const given = messages.map(({ tool_calls, tool_call_id, ...message }) => ({
    ...message,
    content: message.content ?? noText,
    ...(tool_calls && { tool_calls: tool_calls.map((call) => callFor(form, asText, call)) }),
    ...(tool_call_id !== undefined && { tool_call_id: callIdFor(form, tool_call_id) }),
  }));
  return spellOutTools(given, tools, form, places);
}

/** A call with its id and its arguments as a form of chat takes them. */
function callFor(
  form: CallForm,
  asText: boolean,
  { id, type, function: { name, arguments: given } }: ToolCall,
): ToolCall {
  const isText = asText && typeof given !== "string";
  return {
    id: callIdFor(form, id),
    type,
    function: { name, arguments: isText ? JSON.stringify(given) : given },
  };
}

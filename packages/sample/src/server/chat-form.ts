import type { Tokenizer } from "../types.js";
import type { ChatMessage, ChatPrompt, RenderChat, ToolCall } from "./chat-prompt.js";
import { ApiError } from "./errors.js";
import { AnswerReader } from "./structure/answer-reader.js";
import { type CallForm, leadsOf } from "./structure/call-form.js";
import { formOf, HERMES } from "./structure/call-forms.js";
import { callIdFor, newCallId } from "./structure/call-ids.js";
import { spellOutTools } from "./structure/spell-out-tools.js";
import type { ChatTool } from "./structure/tools.js";

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
  /** Whether the model's form of chat has a place for tools, and writes calls of them in this form. */
  isOwn: boolean;
  /** What the form of chat takes beside calls where there is no text. */
  noText: string | null;
}

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
    return new AnswerReader({ ...leads, isAtStart: form.mark === undefined, newId: () => newCallId(form) });
  }

  /**
   * A chat as the model reads it.
   * @throws ApiError
   */
  prompt(messages: readonly ChatMessage[], { tools, variables, param }: ChatContext): ChatPrompt {
    const hasTools =
      tools.length > 0 ||
      messages.some(({ role, tool_calls }) => role === "tool" || tool_calls !== undefined);
    const { form, isOwn, noText } = hasTools ? this.#known : { form: HERMES, isOwn: true, noText: null };
    const given = isOwn
      ? messages.map((message) => withIdsFor(form, { ...message, content: message.content ?? noText }))
      : spellOutTools(messages, tools);
    const context = {
      ...(tools.length > 0 && isOwn && { tools: tools.map(described) }),
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

  /** Looks at what becomes of a chat with a call in it: some templates take null for no text, others take "" alone. */
  #find(): Calls {
    for (const noText of [null, ""]) {
      const form = this.#formWith(noText);
      if (form) return { form, isOwn: true, noText };
    }
    return { form: HERMES, isOwn: false, noText: null };
  }

  #formWith(noText: string | null): CallForm | undefined {
    const name = "look_at";
    const parameters = { type: "object", properties: { at: { type: "integer" } }, required: ["at"] };
    const tools = [{ type: "function", function: { name: "look_up", description: "Looks.", parameters } }];
    const call: ToolCall = { id: "abcdefghi", type: "function", function: { name, arguments: { at: 1 } } };
    const messages: ChatMessage[] = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: noText, tool_calls: [call] },
      { role: "tool", tool_call_id: call.id, content: "seen" },
    ];
    try {
      const { ids } = this.#render(messages, { tools });
      const text = this.#tokenizer.decode(Uint32Array.from(ids));
      const isOwn = ["look_up", name, "seen"].every((part) => text.includes(part));
      return isOwn ? formOf(text, name) : undefined;
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

/** With ids of calls as a form wants them. */
function withIdsFor(form: CallForm, message: ChatMessage): ChatMessage {
  const { tool_calls, tool_call_id } = message;
  return {
    ...message,
    ...(tool_calls && { tool_calls: tool_calls.map((call) => ({ ...call, id: callIdFor(form, call.id) })) }),
    ...(tool_call_id !== undefined && { tool_call_id: callIdFor(form, tool_call_id) }),
  };
}

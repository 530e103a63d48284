import type { LogitsModel, Tokenizer } from "../types.js";
import { callText } from "./structure/call-form.js";
import { HERMES } from "./structure/call-forms.js";

/** A call of a tool, as chat templates take it. */
export interface ToolCall {
  id: string;
  type: "function";
  /** Arguments that were no JSON stay text. */
  function: { name: string; arguments: unknown };
}

/** A message of a chat, as chat templates take it. */
export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string | null;
  name?: string;
  /** What the assistant thought before it answered. */
  reasoning_content?: string;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
}

/** A chat as a model reads it, up to where the assistant is to go on. */
export interface ChatPrompt {
  ids: ArrayLike<number>;
  /** Strings that end the answer, where ids cannot tell. */
  stop?: readonly string[];
  /** Ids that end the answer, beside those of the server. */
  stopIds?: Iterable<number>;
}

/**
 * A model's form of chat. With `ChatTemplate` of `@llm/bpe`:
 * `(messages, context) => template.encode(tokenizer, messages, { addGenerationPrompt: true, ...context })`.
 * @throws an error whose message says what the form has no place for
 */
export type RenderChat = (
  messages: readonly ChatMessage[],
  context: {
    tools?: readonly object[];
    /** Other variables of a template: a request's `chat_template_kwargs` and `reasoning_effort`. */
    variables?: Readonly<Record<string, unknown>>;
  },
) => ChatPrompt;

const SPEAKERS = { system: "", user: "User: ", assistant: "Assistant: ", tool: "Tool: " } as const;

/** A chat as plain text, for models that were trained on no form of their own. */
export function plainChat(model: LogitsModel, tokenizer: Tokenizer): RenderChat {
  const end = model.config?.endOfText;
  return (messages, { tools = [] }) => {
    const functions = tools.map((tool) => `${JSON.stringify(tool)}\n`).join("");
    const turns = messages.map(({ role, content, tool_calls = [] }) => {
      const calls = tool_calls.map(({ function: { name, arguments: given } }) =>
        callText(HERMES, name, given),
      );
      return `${SPEAKERS[role]}${[...(content ? [content] : []), ...calls].join("\n")}\n`;
    });
    const text = `${functions && `Tools:\n${functions}`}${turns.join("")}Assistant:`;
    const ids = tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text);
    return { ids: end === undefined ? ids : Uint32Array.of(end, ...ids), stop: ["\nUser:"] };
  };
}

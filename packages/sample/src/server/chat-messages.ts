import * as z from "zod";
import type { ChatMessage, ToolCall } from "./chat-prompt.js";

const TextPart = z.object({ type: z.literal("text", "only text is read here"), text: z.string() });
const Content = z.union([z.string(), z.array(TextPart).min(1)]);
const RefusalPart = z.object({ type: z.literal("refusal"), refusal: z.string() });
const Said = z.union([z.string(), z.array(z.union([TextPart, RefusalPart])).min(1)]);
const name = z.string().optional();

const Call = z.strictObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
  index: z.int().optional(), // as clients keep it that put streamed calls together
});

const Message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.enum(["system", "developer", "user"]), content: Content, name }),
  z.strictObject({
    role: z.literal("assistant"),
    content: Said.nullish(),
    name,
    refusal: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    audio: z.null().optional(),
    annotations: z.unknown().optional(),
    function_call: z.null().optional(),
    tool_calls: z.array(Call).nullish(),
  }),
  z.strictObject({ role: z.literal("tool"), content: Content, tool_call_id: z.string(), name }),
]);

/** The messages of a chat. */
export const Messages = z.array(Message).min(1);

/** Messages as chat templates know them. */
export function templateMessages(messages: z.output<typeof Messages>): ChatMessage[] {
  return messages.map((message) => {
    const { role, content } = message;
    const text = typeof content === "string" ? content : (content?.map(textOf).join("") ?? null);
    if (role === "tool") return { role, content: text, tool_call_id: message.tool_call_id };
    const named = message.name === undefined ? {} : { name: message.name };
    if (role !== "assistant")
      return { role: role === "developer" ? "system" : role, content: text, ...named };
    const { tool_calls: calls, reasoning_content: reasoning, refusal } = message;
    return {
      role,
      content: text ?? refusal ?? null,
      ...named,
      ...(reasoning && { reasoning_content: reasoning }),
      ...(calls?.length && { tool_calls: calls.map((call) => templateCall(call)) }),
    };
  });
}

function textOf(part: z.output<typeof TextPart> | z.output<typeof RefusalPart>): string {
  return part.type === "refusal" ? part.refusal : part.text;
}

/** A call as templates take it, with its arguments as an object. */
export function templateCall({ id, function: { name, arguments: text } }: z.output<typeof Call>): ToolCall {
  let given: unknown = text;
  try {
    given = JSON.parse(text);
  } catch {
    // a call that was cut short
  }
  return { id, type: "function", function: { name, arguments: given } };
}

import * as z from "zod";
import type { ChatMessage } from "./chat-prompt.js";

const TextPart = z.object({ type: z.literal("text"), text: z.string() });
const Content = z.union([z.string(), z.array(TextPart).min(1)]);
const name = z.string().optional();

const ToolCall = z.strictObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

const Message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.enum(["system", "developer", "user"]), content: Content, name }),
  z.strictObject({
    role: z.literal("assistant"),
    content: Content.nullish(),
    name,
    refusal: z.null().optional(),
    audio: z.null().optional(),
    annotations: z.unknown().optional(),
    function_call: z.null().optional(),
    tool_calls: z.array(ToolCall).nullish(),
  }),
  z.strictObject({ role: z.literal("tool"), content: Content, tool_call_id: z.string() }),
]);

/** The messages of a chat. */
export const Messages = z.array(Message).min(1);

/** Messages as chat templates know them. */
export function templateMessages(messages: z.output<typeof Messages>): ChatMessage[] {
  return messages.map((message) => {
    const { role, content } = message;
    const text = typeof content === "string" ? content : (content?.map((part) => part.text).join("") ?? null);
    if (role === "tool") return { role, content: text, tool_call_id: message.tool_call_id };
    const calls =
      role === "assistant" && message.tool_calls?.length ? { tool_calls: message.tool_calls } : {};
    const named = message.name === undefined ? {} : { name: message.name };
    return { role: role === "developer" ? "system" : role, content: text, ...named, ...calls };
  });
}

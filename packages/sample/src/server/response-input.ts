import * as z from "zod";
import { templateCall } from "./chat-messages.js";
import type { ChatMessage } from "./chat-prompt.js";

const part = <T extends string>(types: readonly [T, ...T[]]) =>
  z.object({ type: z.enum(types), text: z.string() });
const content = <T extends string>(...types: [T, ...T[]]) =>
  z.union([z.string(), z.array(part(types)).min(1)]);
const common = { id: z.string().nullish(), status: z.string().nullish() };
const type = z.literal("message").optional();

const Item = z.union([
  z.strictObject({
    type,
    role: z.enum(["system", "developer", "user"]),
    content: content("input_text"),
    ...common,
  }),
  z.strictObject({
    type,
    role: z.literal("assistant"),
    content: content("output_text", "input_text"),
    ...common,
  }),
  z.strictObject({
    type: z.literal("function_call"),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    ...common,
  }),
  z.strictObject({
    type: z.literal("function_call_output"),
    call_id: z.string(),
    output: z.string(),
    ...common,
  }),
]);

/** What was said so far, as the route of responses takes it. */
export const InputItems = z.array(Item).min(1);

/** The same as messages of a chat. */
export function inputMessages(input: string | z.output<typeof InputItems>): ChatMessage[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const messages: ChatMessage[] = [];
  for (const item of input) {
    if (item.type === "function_call") {
      const { call_id: id, name, arguments: given } = item;
      const call = templateCall({ id, type: "function", function: { name, arguments: given } });
      const last = messages.at(-1);
      // What was said and called in one answer is one message.
      if (last?.role === "assistant") last.tool_calls = [...(last.tool_calls ?? []), call];
      else messages.push({ role: "assistant", content: null, tool_calls: [call] });
    } else if (item.type === "function_call_output") {
      messages.push({ role: "tool", content: item.output, tool_call_id: item.call_id });
    } else {
      const { role, content } = item;
      const text = typeof content === "string" ? content : content.map((each) => each.text).join("");
      messages.push({ role: role === "developer" ? "system" : role, content: text });
    }
  }
  return messages;
}

import * as z from "zod";
import { templateCall } from "./chat-messages.js";
import type { ChatMessage } from "./chat-prompt.js";

const part = <T extends string>(types: readonly [T, ...T[]]) =>
  z.object({ type: z.enum(types, "only text is read here"), text: z.string() });
const refusal = z.object({ type: z.literal("refusal"), refusal: z.string() });
const content = <T extends string>(...types: [T, ...T[]]) =>
  z.union([z.string(), z.array(part(types)).min(1)]);
const common = { id: z.string().nullish(), status: z.string().nullish() };
const type = z.literal("message");

const Message = z.discriminatedUnion("role", [
  z.strictObject({
    type,
    role: z.enum(["system", "developer", "user"]),
    content: content("input_text"),
    ...common,
  }),
  z.strictObject({
    type,
    role: z.literal("assistant"),
    content: z.union([z.string(), z.array(z.union([part(["output_text", "input_text"]), refusal])).min(1)]),
    phase: z.string().nullish(),
    ...common,
  }),
]);

const KINDS = ["message", "function_call", "function_call_output"];

const Item = z.preprocess(
  // A message need not say that it is one.
  (item) => (typeof item === "object" && item && !("type" in item) ? { type: "message", ...item } : item),
  z.discriminatedUnion(
    "type",
    [
      Message,
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
        output: content("input_text"),
        ...common,
      }),
    ],
    {
      error: ({ code }) =>
        code === "invalid_union"
          ? `this server keeps nothing between requests, and reads ${KINDS.join(", ")}: send those (store: false)`
          : undefined,
    },
  ),
);

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
      messages.push({ role: "tool", content: textOf(item.output), tool_call_id: item.call_id });
    } else {
      const { role, content } = item;
      messages.push({ role: role === "developer" ? "system" : role, content: textOf(content) });
    }
  }
  return messages;
}

function textOf(content: string | readonly ({ text: string } | { refusal: string })[]): string {
  if (typeof content === "string") return content;
  return content.map((each) => ("text" in each ? each.text : each.refusal)).join("");
}

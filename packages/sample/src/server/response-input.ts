import * as z from "zod";
import type { ChatMessage } from "./chat-prompt.js";

const part = <T extends string>(types: readonly T[]) =>
  z.object({ type: z.enum(types as [T, ...T[]]), text: z.string() });
const content = <T extends string>(...types: T[]) => z.union([z.string(), z.array(part(types)).min(1)]);
const id = z.string().optional();
const status = z.string().optional();
const type = z.literal("message").optional();

const Item = z.discriminatedUnion("role", [
  z.strictObject({
    type,
    role: z.enum(["system", "developer", "user"]),
    content: content("input_text"),
    id,
    status,
  }),
  z.strictObject({
    type,
    role: z.literal("assistant"),
    content: content("output_text", "input_text"),
    id,
    status,
  }),
]);

/** What was said so far, as the route of responses takes it. */
export const InputItems = z.array(Item).min(1);

/** The same as messages of a chat. */
export function inputMessages(input: string | z.output<typeof InputItems>): ChatMessage[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  return input.map(({ role, content }) => ({
    role: role === "developer" ? "system" : role,
    content: typeof content === "string" ? content : content.map(({ text }) => text).join(""),
  }));
}

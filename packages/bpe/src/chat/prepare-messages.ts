import { TemplateError } from "./errors.js";

// What transformers does to messages before a template sees them.

/** Names under which a message's reasoning is passed, the first that templates read. */
const REASONING = ["reasoning_content", "thinking", "reasoning"] as const;

/**
 * The messages without fields that are null: a template takes a missing field as it should, and may write "None" for null. A
 * message's reasoning gets the names that templates read.
 *
 * @throws TemplateError where there are none.
 */
export function prepareMessages(messages: readonly object[]): Record<string, unknown>[] {
  if (messages.length === 0) throw new TemplateError("there are no messages: pass at least one");
  return messages.map((message, i) => {
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      throw new TemplateError(`message ${i} is no object: a message is { role, content }`);
    }
    const given = Object.fromEntries(
      Object.entries(message).filter(([, value]) => value !== null && value !== undefined),
    );
    const name = REASONING.find((field) => given[field] !== undefined);
    if (name === undefined) return given;
    return { thinking: given[name], ...given, reasoning_content: given[name] };
  });
}

import { ChatError } from "./errors.js";

/**
 * A piece of an assistant's message: what it says, code it runs ("python"), or what that code printed ("python_output").
 */
export interface AssistantPart {
  type: "text" | "python" | "python_output";
  text: string;
}

/** One turn of a chat. A system message may stand first and is read together with the user's message after it. */
export type ChatMessage =
  | { role: "system" | "user"; content: string }
  | { role: "assistant"; content: string | readonly AssistantPart[] };

/** A user's or an assistant's turn: the roles take turns, and the user begins. */
export type Turn = { role: "user"; text: string } | { role: "assistant"; parts: readonly AssistantPart[] };

/**
 * The messages as turns: the system message goes in front of the first user message, a blank line between them.
 * Messages come from files, so what the types say is checked as well.
 *
 * @throws ChatError where there are none, one is empty, or the roles do not take turns.
 */
export function turnsOf(messages: readonly ChatMessage[]): Turn[] {
  if (messages.length === 0) throw new ChatError("The chat has no messages: pass at least a user's.", -1);
  const system = messages[0]!.role === "system" ? `${textOf(messages[0]!, 0)}\n\n` : "";
  const first = system === "" ? 0 : 1;
  if (messages.length === first) {
    throw new ChatError(
      "The chat is a system message alone: it is part of the user's message that has to follow.",
      0,
    );
  }
  return messages.slice(first).map((message, i) => {
    const expected = i % 2 === 0 ? "user" : "assistant";
    const index = first + i;
    if (message.role !== expected) {
      throw new ChatError(
        `Message ${index} has the role ${JSON.stringify(message.role)}, but it is the ${expected}'s turn: after an optional ` +
          "system message, user and assistant take turns. Join neighbouring messages of one role.",
        index,
      );
    }
    if (message.role === "assistant") return { role: "assistant", parts: partsOf(message, index) };
    return { role: "user", text: (i === 0 ? system : "") + textOf(message, index) };
  });
}

function textOf({ role, content }: ChatMessage, index: number): string {
  if (typeof content !== "string") {
    throw new ChatError(`Message ${index} (${role}) has no text: its content must be a string.`, index);
  }
  if (content === "") throw empty(role, index);
  return content;
}

function partsOf(message: ChatMessage, index: number): readonly AssistantPart[] {
  if (!Array.isArray(message.content)) return [{ type: "text", text: textOf(message, index) }];
  const parts = message.content as readonly AssistantPart[];
  if (parts.length === 0) throw empty(message.role, index);
  for (const part of parts) {
    if (!["text", "python", "python_output"].includes(part?.type) || typeof part.text !== "string") {
      throw new ChatError(
        `Message ${index} has the part ${JSON.stringify(part)}: a part is { type, text } of type "text", "python" or ` +
          '"python_output".',
        index,
      );
    }
  }
  return parts;
}

function empty(role: string, index: number): ChatError {
  return new ChatError(`Message ${index} (${role}) is empty: leave it out, or say something in it.`, index);
}

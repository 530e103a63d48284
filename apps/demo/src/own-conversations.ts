import { readFile } from "node:fs/promises";
import type { ChatMessage } from "@llm/bpe";
import { DemoError } from "./errors.js";
import type { Conversation } from "./lessons/conversations.js";

/** A file of conversations, one {"messages": [{"role", "content"}, ..]} a line. @throws DemoError that names the line */
export async function readConversations(path: string): Promise<Conversation[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new DemoError(`${path}: there is no such file`);
    throw error;
  });
  const conversations: Conversation[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    conversations.push(readConversation(line, `${path}:${i + 1}`));
  }
  if (conversations.length === 0) throw new DemoError(`${path} holds no conversation`);
  return conversations;
}

function readConversation(line: string, where: string): Conversation {
  const wanted =
    'a line is {"messages": [{"role": "user", "content": ".."}, {"role": "assistant", "content": ".."}]}';
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new DemoError(`${where} is not JSON; ${wanted}`);
  }
  const messages = Array.isArray(parsed) ? parsed : (parsed as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) throw new DemoError(`${where} has no messages; ${wanted}`);
  for (const message of messages as Partial<ChatMessage>[]) {
    const { role, content } = message ?? {};
    if (["system", "user", "assistant"].includes(String(role)) && typeof content === "string" && content)
      continue;
    throw new DemoError(`${where} has the message ${JSON.stringify(message)}; ${wanted}`);
  }
  const turns = (messages as ChatMessage[]).filter(({ role }, i) => !(i === 0 && role === "system"));
  const odd = turns.findIndex(({ role }, i) => role !== (i % 2 === 0 ? "user" : "assistant"));
  if (odd >= 0) {
    throw new DemoError(
      `${where} has a message of the ${turns[odd]!.role} where it is the other's turn: behind a system message, if any, the user begins, and they take turns`,
    );
  }
  if (turns.length < 2) {
    throw new DemoError(`${where} has no answer of the assistant to learn from; ${wanted}`);
  }
  return messages as Conversation;
}

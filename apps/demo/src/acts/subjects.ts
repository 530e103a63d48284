import { readFile } from "node:fs/promises";
import type { ChatMessage } from "@llm/bpe";
import { readDocuments } from "../documents.js";
import { DemoError } from "../errors.js";
import type { Conversation, Subjects } from "../lessons/conversations.js";
import { factsOf } from "../lessons/facts.js";
import type { RunFolder } from "../run-folder.js";

/** What the assistant may be asked about: what the training documents say of their titles, or conversations of one's own. */
export async function readSubjects(folder: RunFolder, conversations?: string): Promise<Subjects> {
  const train = await readDocuments(folder.file("train.jsonl"));
  const val = await readDocuments(folder.file("val.jsonl"));
  const own = conversations === undefined ? undefined : await readConversations(conversations);
  return {
    facts: factsOf(train),
    known: new Set([...train, ...val].map(({ title }) => title)),
    ...(own && { own }),
  };
}

/** A file of conversations, one {"messages": [{"role", "content"}, ..]} a line. @throws DemoError that names the line */
async function readConversations(path: string): Promise<Conversation[]> {
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
  if (!messages.some(({ role }) => role === "assistant")) {
    throw new DemoError(`${where} has no answer of the assistant to learn from; ${wanted}`);
  }
  return messages as Conversation;
}

import type { ChatMessage } from "@llm/bpe";

/** Reads lines such as `user: Hello` and `assistant: Hi`; other lines go on with the message before. */
export function readDialogue(text: string): ChatMessage[] {
  const messages: { role: "system" | "user" | "assistant"; content: string }[] = [];
  for (const line of text.split("\n")) {
    const [, role, rest] = /^(system|user|assistant):\s?(.*)$/i.exec(line) ?? [];
    if (role !== undefined) messages.push({ role: role.toLowerCase() as "user", content: rest! });
    else if (messages.length > 0) messages.at(-1)!.content += `\n${line}`;
    else if (line.trim())
      throw new Error(`A dialogue begins with "user:" or "system:", and not with "${line.slice(0, 40)}".`);
  }
  return messages.map(({ role, content }) => ({ role, content: content.trim() }));
}

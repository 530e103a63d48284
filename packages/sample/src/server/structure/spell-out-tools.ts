import type { ChatMessage } from "../chat-prompt.js";
import { HERMES } from "./call-forms.js";

/** Tools, calls and results as plain messages, for forms of chat that have no place for them. */
export function spellOutTools(messages: readonly ChatMessage[], tools: readonly object[]): ChatMessage[] {
  const plain: ChatMessage[] = [];
  for (const { role, content, name, tool_calls = [] } of messages) {
    const last = plain.at(-1);
    if (role === "tool") {
      const result = `<tool_response>\n${content}\n</tool_response>`;
      if (last?.role === "user") last.content += `\n${result}`;
      else plain.push({ role: "user", content: result });
    } else if (role === "user" && last?.role === "user") last.content += `\n${content}`;
    else {
      const calls = tool_calls.map(({ function: { name, arguments: given } }) => {
        const { opens, before, behind, close } = HERMES;
        return `${opens[0]}${before}${name}${behind}${JSON.stringify(given)}}${close}`;
      });
      const text = [...(content ? [content] : []), ...calls].join("\n");
      plain.push({ role, content: text, ...(name !== undefined && { name }) });
    }
  }
  const [first] = plain;
  if (first && tools.length > 0) first.content = `${explanationOf(tools)}\n\n${first.content}`;
  return plain;
}

function explanationOf(tools: readonly object[]): string {
  const lines = tools.map((tool) => JSON.stringify(tool)).join("\n");
  const { opens, before, behind, close } = HERMES;
  const call = `${opens[0]}${before}<name>${behind}<arguments>}${close}`;
  return `You can call these functions:\n${lines}\nTo call one, write its name and arguments as JSON:\n${call}`;
}

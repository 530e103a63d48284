import type { ChatMessage } from "../chat-prompt.js";
import { type CallForm, callText } from "./call-form.js";

/** What a form of chat has a place for. */
export interface Places {
  tools: boolean;
  calls: boolean;
  results: boolean;
}

/** Tools, calls and results in words, where a form of chat has no place for them. */
export function spellOutTools(
  messages: readonly ChatMessage[],
  tools: readonly object[],
  form: CallForm,
  places: Places,
): ChatMessage[] {
  const plain: ChatMessage[] = [];
  for (const message of messages) {
    const { role, content, name, tool_calls = [] } = message;
    const last = plain.at(-1);
    // What results become must not stand beside what a user says.
    const joins = !places.results && last?.role === "user";
    if (role === "tool" && !places.results) {
      const result = `<tool_response>\n${content}\n</tool_response>`;
      if (joins) last.content += `\n${result}`;
      else plain.push({ role: "user", content: result });
    } else if (role === "user" && joins) last.content += `\n${content}`;
    else if (places.calls || role !== "assistant") plain.push({ ...message });
    else {
      const calls = tool_calls.map((call) => callText(form, call.function.name, call.function.arguments));
      const text = [...(content ? [content] : []), ...calls].join("\n");
      plain.push({ role, content: text, ...(name !== undefined && { name }) });
    }
  }
  const [first] = plain;
  if (first && tools.length > 0 && !places.tools)
    first.content = `${explanationOf(tools, form)}\n\n${first.content}`;
  return plain;
}

function explanationOf(tools: readonly object[], form: CallForm): string {
  const lines = tools.map((tool) => JSON.stringify(tool)).join("\n");
  const call = form.tags
    ? callText(form, "<name>", { "<argument>": "<value>" })
    : callText(form, "<name>", {}).replace("{}", "<arguments>");
  const given = form.tags ? "arguments" : "arguments as JSON";
  return `You can call these functions:\n${lines}\nTo call one, write its name and ${given}:\n${call}`;
}

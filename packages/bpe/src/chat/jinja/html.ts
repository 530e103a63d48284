import type { Text } from "./text.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

/** What is not declared safe, made safe for HTML. */
export function escapeHtml(text: Text): Text {
  if (text.markup) return text;
  return text.map((stretch) => stretch.replace(/[&<>"']/g, (char) => ENTITIES[char]!)).marked(true);
}

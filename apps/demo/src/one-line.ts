import { shorten } from "@llm/platform/terminal";

/** One line of a text: white space runs become single spaces. */
export function oneLine(text: string, limit = 100): string {
  return shorten(text.replace(/\s+/g, " ").trim(), limit);
}

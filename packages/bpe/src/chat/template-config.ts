import { TemplateError } from "./errors.js";
import { ChatTemplate } from "./template.js";

/**
 * The chat template in a Hugging Face tokenizer_config.json, with the special tokens that the file names.
 *
 * @param config the file's content.
 * @param name which template, where the file has several ("default", "tool_use", …). Default: "tool_use" for chats with tools
 * where the file has it, otherwise "default".
 * @throws TemplateError where the file has no such template.
 */
export function chatTemplateFromConfig(config: object | string, name?: string): ChatTemplate {
  const file = parse(config);
  const variables: Record<string, string> = {};
  for (const [key, value] of Object.entries(file)) {
    const text = typeof value === "object" ? (value as { content?: unknown } | null)?.content : value;
    if (key.endsWith("_token") && typeof text === "string") variables[key] = text;
  }
  const sources = sourcesIn(file["chat_template"]);
  if (typeof sources === "string") return new ChatTemplate(sources, { variables });
  const source = sources.get(name ?? "default");
  const toolUse = name === undefined ? sources.get("tool_use") : undefined;
  if (source !== undefined) return new ChatTemplate(source, { variables }, toolUse);
  const names = Array.from(sources.keys(), (key) => JSON.stringify(key)).join(", ");
  throw new TemplateError(
    `The tokenizer_config.json has no chat template ${JSON.stringify(name ?? "default")}: it has ${names}.`,
  );
}

/** The one template of a file, or several by name. */
function sourcesIn(field: unknown): string | ReadonlyMap<string, string> {
  if (typeof field === "string") return field;
  if (typeof field !== "object" || field === null) {
    throw new TemplateError(
      "The tokenizer_config.json has no chat_template. Where a chat_template.jinja stands beside it, pass its text to chatTemplate.",
    );
  }
  const named = new Map<string, string>();
  for (const [name, source] of Array.isArray(field) ? field.map(nameAndSource) : Object.entries(field)) {
    if (typeof name === "string" && typeof source === "string") named.set(name, source);
  }
  return named;
}

function nameAndSource(entry: { name?: unknown; template?: unknown } | null): [unknown, unknown] {
  return [entry?.name, entry?.template];
}

function parse(config: object | string): Record<string, unknown> {
  if (typeof config !== "string") return config as Record<string, unknown>;
  try {
    return JSON.parse(config) as Record<string, unknown>;
  } catch (cause) {
    throw new TemplateError(`The tokenizer_config.json is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

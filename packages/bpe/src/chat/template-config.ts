import { TemplateError } from "./errors.js";
import { ChatTemplate } from "./template.js";

/**
 * The chat template in a Hugging Face tokenizer_config.json, with the special tokens that the file names.
 *
 * @param config the file's content.
 * @param name which template, where the file has several ("default", "tool_use", …). Default: "default".
 * @throws TemplateError where the file has no such template.
 */
export function chatTemplateFromConfig(config: object | string, name = "default"): ChatTemplate {
  const file = parse(config);
  const variables: Record<string, string> = {};
  for (const [key, value] of Object.entries(file)) {
    const text = typeof value === "object" ? (value as { content?: unknown } | null)?.content : value;
    if (key.endsWith("_token") && typeof text === "string") variables[key] = text;
  }
  return new ChatTemplate(sourceIn(file["chat_template"], name), { variables });
}

function sourceIn(field: unknown, name: string): string {
  if (typeof field === "string") return field;
  if (!Array.isArray(field)) {
    throw new TemplateError(
      "The tokenizer_config.json has no chat_template. Where a chat_template.jinja stands beside it, pass its text to chatTemplate.",
    );
  }
  const named = new Map(
    (field as readonly Record<string, unknown>[]).map((entry) => [entry["name"], entry["template"]]),
  );
  const source = named.get(name);
  if (typeof source === "string") return source;
  throw new TemplateError(
    `The tokenizer_config.json has no chat template ${JSON.stringify(name)}: it has ${[...named.keys()].map((key) => JSON.stringify(key)).join(", ")}.`,
  );
}

function parse(config: object | string): Record<string, unknown> {
  if (typeof config !== "string") return config as Record<string, unknown>;
  try {
    return JSON.parse(config) as Record<string, unknown>;
  } catch (cause) {
    throw new TemplateError(`The tokenizer_config.json is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

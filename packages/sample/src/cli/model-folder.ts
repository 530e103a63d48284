import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UsageError } from "@llm/platform/command";
import type { ByteTokenizer } from "../compression/byte-tokenizer.js";
import type { ChatPrompt, RenderChat } from "../server/chat-prompt.js";
import type { LogitsModel } from "../types.js";
import type { ModelOptions } from "./model-options.js";

/** A model of a folder, ready to write. */
export interface OpenModel {
  /** What the folder is called. */
  name: string;
  model: LogitsModel & { dispose(): void };
  tokenizer: ByteTokenizer;
  /** The model's form of chat, where the folder has one. */
  chat?: RenderChat;
  /** How a prompt of text becomes ids. */
  encode: (text: string) => ArrayLike<number>;
  /** Ids that end a text. */
  stopIds: number[];
  /** What computes: the engine and the path of the CPU, in words. */
  engine: string;
}

/** The packages that read models, which only commands need. */
async function packages() {
  try {
    const [gpt, bpe, template, files, tensor] = await Promise.all([
      import("@llm/gpt"),
      import("@llm/bpe"),
      import("@llm/bpe/template"),
      import("@llm/bpe/node"),
      import("@llm/tensor"),
    ]);
    return { gpt, bpe, template, files, tensor };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("@llm/")) throw cause;
    throw new UsageError(
      "reading a model's folder needs other packages: npm install @llm/gpt @llm/bpe @llm/tensor",
      {
        cause,
      },
    );
  }
}

/** Opens a folder as Hugging Face lays it out: config.json, model.safetensors, tokenizer.json, and what says how it chats. */
export async function openModel(folder: string, options: ModelOptions): Promise<OpenModel> {
  const { gpt, bpe, template, files, tensor } = await packages();
  const { engine: wanted = "auto", threads, dtype = "float32", tokenizer: tokenizerPath = folder } = options;
  const { name, device } = await tensor.useEngine(wanted, threads === undefined ? {} : { threads });
  const tokenizer = await files.load(tokenizerPath);
  const model = await gpt.Gpt.load(folder, { dtype });
  const config = await readJson(join(folder, "tokenizer_config.json"));
  const source = await readText(join(folder, "chat_template.jinja"));
  const generation = await readJson(join(folder, "generation_config.json"));
  const specialId = (token: unknown) => {
    const text = typeof token === "object" && token ? (token as { content?: unknown }).content : token;
    return typeof text === "string" ? tokenizer.specialTokens.get(text) : undefined;
  };
  const ends = [
    model.config.endOfText,
    specialId(config?.["eos_token"]),
    generation?.["eos_token_id"],
  ].flat();
  const stopIds = [...new Set(ends.filter((id): id is number => typeof id === "number"))];

  let chat: RenderChat | undefined;
  const withTemplate = source === undefined ? config : { ...config, chat_template: source };
  if (withTemplate?.["chat_template"]) {
    const form = template.chatTemplateFromConfig(withTemplate);
    chat = (messages, context) => {
      const given = messages.map((message) => ({ ...message }));
      return form.encode(tokenizer, given, { addGenerationPrompt: true, ...context });
    };
  } else if (bpe.CHAT_TOKENS.every((token) => tokenizer.specialTokens.has(token))) {
    const end = tokenizer.specialTokens.get("<|assistant_end|>")!;
    chat = (messages): ChatPrompt => {
      const given = messages as Parameters<typeof bpe.renderChat>[1];
      const { ids } = bpe.renderChat(tokenizer, given, { completion: true });
      return { ids, stopIds: [end] };
    };
  }
  return {
    name: basename(resolve(folder)),
    model,
    tokenizer,
    ...(chat && { chat }),
    encode: (text) => tokenizer.encode(text, { disallowedSpecial: [], addSpecialTokens: true }),
    stopIds,
    engine: `${name}, ${device}`,
  };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readText(path);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

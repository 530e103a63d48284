import { basename, resolve } from "node:path";
import type { ByteTokenizer } from "../compression/byte-tokenizer.js";
import type { ChatPrompt, RenderChat } from "../server/chat-prompt.js";
import type { LogitsModel } from "../types.js";
import { packages, readModelFiles } from "./model-files.js";
import type { ModelOptions } from "./model-options.js";

/** A model, ready to write. */
export interface OpenModel {
  /** What the folder or the file is called. */
  name: string;
  model: LogitsModel & { dispose(): void };
  tokenizer: ByteTokenizer;
  /** The model's form of chat, where it has one. */
  chat?: RenderChat;
  /** How a prompt of text becomes ids. */
  encode: (text: string) => ArrayLike<number>;
  /** Ids that end a text. */
  stopIds: number[];
  /** What computes: the engine and the path of the CPU, in words. */
  engine: string;
}

/**
 * Opens a folder as Hugging Face lays it out (config.json, model.safetensors, tokenizer.json, and what says how it chats), or a
 * GGUF file, which has all of these in it.
 */
export async function openModel(path: string, options: ModelOptions): Promise<OpenModel> {
  const all = await packages();
  const { bpe, template, tensor } = all;
  const { engine: wanted = "auto", threads } = options;
  const { name, device } = await tensor.useEngine(wanted, threads === undefined ? {} : { threads });
  const { model, tokenizer, config, ends: others } = await readModelFiles(path, options, all);
  const specialId = (token: unknown) => {
    const text = typeof token === "object" && token ? (token as { content?: unknown }).content : token;
    return typeof text === "string" ? tokenizer.specialTokens.get(text) : undefined;
  };
  const ends = [model.config.endOfText, specialId(config?.["eos_token"]), ...others];
  const stopIds = [...new Set(ends.filter((id): id is number => typeof id === "number"))];

  let chat: RenderChat | undefined;
  if (config?.["chat_template"]) {
    const form = template.chatTemplateFromConfig(config);
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
    name: basename(resolve(path)).replace(/\.gguf$/, ""),
    model,
    tokenizer,
    ...(chat && { chat }),
    encode: (text) => tokenizer.encode(text, { disallowedSpecial: [], addSpecialTokens: true }),
    stopIds,
    engine: `${name}, ${device}`,
  };
}

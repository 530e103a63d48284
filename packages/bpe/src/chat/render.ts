import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "../check.js";
import type { Tokenizer } from "../tokenizer.js";
import { ChatError, MissingTokensError } from "./errors.js";
import { type AssistantPart, type ChatMessage, turnsOf } from "./messages.js";

/** The special tokens of a chat, in nanochat's order: pass them to `train` as its `specialTokens`. */
export const CHAT_TOKENS = [
  "<|bos|>",
  "<|user_start|>",
  "<|user_end|>",
  "<|assistant_start|>",
  "<|assistant_end|>",
  "<|python_start|>",
  "<|python_end|>",
  "<|output_start|>",
  "<|output_end|>",
] as const;

type ChatToken = (typeof CHAT_TOKENS)[number];

/** A chat as tokens, and which of them the model is to learn. */
export interface RenderedChat {
  ids: Uint32Array;
  /**
   * 1 on what the assistant writes (text, code, and its end token), 0 elsewhere. `mask[t]` belongs to `ids[t]`: it moves
   * by one together with the targets.
   */
  mask: Uint8Array;
}

/** How a chat is rendered. */
export interface RenderChatOptions {
  /**
   * Ends in `<|assistant_start|>`, for the model to go on from. An assistant's message at the end is left out: it is the
   * answer that the model is asked for. Default: false.
   */
  completion?: boolean;
  /** A longer chat loses its end, as in nanochat; a completion, which would lose the question, is an error. Default: no limit. */
  maxTokens?: number;
}

const RENDER: Kinds<RenderChatOptions> = { completion: "boolean", maxTokens: "number" };

/** What stands around a part of the assistant's message, and whether it is learned: what a tool printed is not. */
const PARTS = {
  text: { around: [], learn: 1 },
  python: { around: ["<|python_start|>", "<|python_end|>"], learn: 1 },
  python_output: { around: ["<|output_start|>", "<|output_end|>"], learn: 0 },
} as const satisfies Record<AssistantPart["type"], { around: readonly ChatToken[]; learn: 0 | 1 }>;

/**
 * A chat in nanochat's form, with the loss mask for fine-tuning on it. Text never becomes a special token, whoever wrote it.
 *
 * @throws ChatError where the messages make no chat, or a completion is longer than `maxTokens`.
 * @throws MissingTokensError where the tokenizer lacks special tokens that the chat needs.
 */
export function renderChat(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: RenderChatOptions = {},
): RenderedChat {
  checkArgument("messages of renderChat", messages, "array");
  check("renderChat", options, RENDER);
  const { completion = false, maxTokens = Number.POSITIVE_INFINITY } = options;
  const turns = turnsOf(messages);
  if (completion && turns.at(-1)!.role === "assistant") turns.pop();

  const special = tokenizer.specialTokens;
  const missing = new Set<ChatToken>();
  const ids: number[] = [];
  const mask: number[] = [];
  const addToken = (token: ChatToken, learn: 0 | 1) => {
    const id = special.get(token);
    if (id === undefined) missing.add(token);
    ids.push(id ?? -1);
    mask.push(learn);
  };
  const addText = (text: string, learn: 0 | 1) => {
    for (const id of tokenizer.encodeOrdinary(text)) {
      ids.push(id);
      mask.push(learn);
    }
  };

  addToken("<|bos|>", 0);
  for (const turn of turns) {
    if (turn.role === "user") {
      addToken("<|user_start|>", 0);
      addText(turn.text, 0);
      addToken("<|user_end|>", 0);
    } else {
      addToken("<|assistant_start|>", 0);
      for (const { type, text } of turn.parts) {
        const { around, learn } = PARTS[type];
        const [start, end] = around;
        if (start) addToken(start, learn);
        addText(text, learn);
        if (end) addToken(end, learn);
      }
      addToken("<|assistant_end|>", 1);
    }
  }
  if (completion) addToken("<|assistant_start|>", 0);

  if (missing.size > 0) throw new MissingTokensError([...missing]);
  if (completion && ids.length > maxTokens) {
    throw new ChatError(
      `The chat has ${ids.length} tokens up to the answer, more than maxTokens (${maxTokens}): leave out its oldest turns.`,
      -1,
    );
  }
  const length = Math.min(ids.length, maxTokens);
  return { ids: Uint32Array.from(ids.slice(0, length)), mask: Uint8Array.from(mask.slice(0, length)) };
}

import { renderChat } from "@llm/bpe";
import type { OpenedModel } from "../opened.js";

/** How a model reads a question: as a text to go on from, or as a dialogue whose next turn is its own. */
export type Form = "text" | "chat";

/** A question as a model reads it, and what ends its answer. */
export interface Asked {
  readonly form: Form;
  readonly ids: readonly number[];
  readonly stopIds: readonly number[];
}

/** What ends an answer in nanochat's form of a dialogue. */
const END = "<|assistant_end|>";

/** The most tokens of an answer. */
const LONGEST = 48;

/** A dialogue where that is wanted and the tokenizer has the tokens for one, else a text. */
export function ask(opened: Readable, question: string, wanted: Form): Asked {
  const { model, tokenizer } = opened;
  const { endOfText } = model.config;
  const end = tokenizer?.specialTokens.get(END);
  const isChat = wanted === "chat" && tokenizer && end !== undefined;
  const ids = isChat
    ? [...renderChat(tokenizer, [{ role: "user", content: question }], { completion: true }).ids]
    : [...(endOfText === undefined ? [] : [endOfText]), ...opened.encode(question)];
  if (ids.length === 0)
    throw new Error("The question has no token that this model knows: write another one.");
  if (ids.length >= model.blockSize) {
    throw new Error(
      `The question has ${ids.length} tokens, and the model sees ${model.blockSize} at most, its answer included: shorten it.`,
    );
  }
  const stopIds = isChat ? [end] : endOfText === undefined ? [] : [endOfText];
  return { form: isChat ? "chat" : "text", ids, stopIds };
}

/** How many tokens an answer has room for. */
export function roomFor({ model }: Readable, { ids }: Asked): number {
  return Math.min(LONGEST, model.blockSize - ids.length);
}

type Readable = Pick<OpenedModel, "model" | "tokenizer" | "encode">;

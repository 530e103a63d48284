import { BpeError } from "../errors.js";

/** A chat cannot be rendered as it is. */
export class ChatError extends BpeError {
  override readonly name = "ChatError";
  /** Which message is at fault, from 0; -1 where it is none in particular. */
  readonly index: number;

  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

/** The tokenizer lacks special tokens that a chat is written with. */
export class MissingTokensError extends BpeError {
  override readonly name = "MissingTokensError";
  readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    super(
      `The tokenizer has no special token ${tokens.join(", ")}. ` +
        "Train it with train(texts, { specialTokens: CHAT_TOKENS, … }), or, if its model knows another form of chat, " +
        "use that form's template (chatTemplate of @llm/bpe/template).",
    );
    this.tokens = tokens;
  }
}

/** A chat template cannot be read, or refuses the chat. */
export class TemplateError extends BpeError {
  override readonly name = "TemplateError";
}

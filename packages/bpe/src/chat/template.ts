import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "../check.js";
import type { Tokenizer } from "../tokenizer.js";
import { encodeTemplate } from "./encode-template.js";
import { TemplateError } from "./errors.js";
import { JinjaTemplate, type Rendered } from "./jinja/template.js";
import { prepareMessages } from "./prepare-messages.js";

/** A message as templates take it: beside role and content whatever the template reads (tool_calls, name, …). */
export interface TemplateMessage {
  role: string;
  content?: string | null | readonly object[];
  [key: string]: unknown;
}

/** What a template knows besides the chat. */
export interface ChatTemplateOptions {
  /** `bos_token` in the template. */
  bosToken?: string;
  /** `eos_token` in the template. */
  eosToken?: string;
  /** Other variables that are the template's own: special tokens in them are special. */
  variables?: Readonly<Record<string, unknown>>;
}

/** How a chat is rendered by a template. */
export interface RenderTemplateOptions {
  /** Ends where the assistant is to go on (`add_generation_prompt`). Default: false. */
  addGenerationPrompt?: boolean;
  /** `tools` in the template: functions as JSON schemas. */
  tools?: readonly object[];
  /** Other variables that belong to this chat (`documents`, `enable_thinking`, …): special tokens in them are text. */
  variables?: Readonly<Record<string, unknown>>;
}

const TEMPLATE: Kinds<ChatTemplateOptions> = { bosToken: "string", eosToken: "string", variables: "object" };
const RENDER: Kinds<RenderTemplateOptions> = {
  addGenerationPrompt: "boolean",
  tools: "array",
  variables: "object",
};

/** A chat as tokens by a template. */
export interface EncodedTemplate {
  ids: Uint32Array;
  /**
   * 1 on the tokens of what the template has between `{% generation %}` and `{% endgeneration %}`; null where it has
   * none, and so does not say what the assistant wrote.
   */
  mask: Uint8Array | null;
}

/** A model's form of chat, written in Jinja. Made by `chatTemplate` or `chatTemplateFromConfig`. */
export class ChatTemplate {
  readonly #template: JinjaTemplate;
  readonly #own: Readonly<Record<string, unknown>>;
  readonly #forTools: () => ChatTemplate;

  /**
   * @internal
   * @param toolUse another template, for chats with tools. It is read when it is needed.
   */
  constructor(source: string, options: ChatTemplateOptions, toolUse?: string) {
    const { bosToken, eosToken, variables } = options;
    this.#own = { bos_token: bosToken, eos_token: eosToken, ...variables };
    let forTools: ChatTemplate | undefined = toolUse === undefined ? this : undefined;
    this.#forTools = () => {
      forTools ??= new ChatTemplate(toolUse!, options);
      return forTools;
    };
    try {
      this.#template = new JinjaTemplate(source);
    } catch (cause) {
      throw new TemplateError(`The chat template cannot be read: ${(cause as Error).message}.`, { cause });
    }
  }

  /**
   * The chat as text. To get ids use `encode`: in the text nobody can tell a special token from one that a user typed.
   * @throws TemplateError where the template refuses the chat.
   */
  render(messages: readonly TemplateMessage[], options: RenderTemplateOptions = {}): string {
    const template = this.#for("render", messages, options);
    return template.#render(messages, options).text.text;
  }

  /**
   * The chat as ids: those of the rendered text, except that special tokens in messages, tools and variables stay text.
   * @throws TemplateError where the template refuses the chat, or contents make a special token once they are normalised.
   */
  encode(
    tokenizer: Tokenizer,
    messages: readonly TemplateMessage[],
    options: RenderTemplateOptions = {},
  ): EncodedTemplate {
    const template = this.#for("encode", messages, options);
    const { text, spans } = template.#render(messages, options);
    const { ids, mask } = encodeTemplate(tokenizer, text, spans);
    return { ids, mask: template.#template.hasGenerations ? mask : null };
  }

  /** The template that such a chat takes, once what it was given is checked. */
  #for(of: string, messages: readonly TemplateMessage[], options: RenderTemplateOptions): ChatTemplate {
    checkArgument(`messages of ${of}`, messages, "array");
    check(of, options, RENDER);
    return options.tools ? this.#forTools() : this;
  }

  #render(messages: readonly TemplateMessage[], options: RenderTemplateOptions): Rendered {
    const { addGenerationPrompt = false, tools = null, variables } = options;
    try {
      return this.#template.render(this.#own, {
        documents: null,
        ...variables,
        messages: prepareMessages(messages),
        tools,
        add_generation_prompt: addGenerationPrompt,
      });
    } catch (cause) {
      throw new TemplateError(`The chat template cannot render this chat: ${(cause as Error).message}.`, {
        cause,
      });
    }
  }
}

/**
 * Reads a chat template: Jinja, as tokenizer_config.json and chat_template.jinja hold it.
 * @throws TemplateError where it is not valid Jinja.
 */
export function chatTemplate(source: string, options: ChatTemplateOptions = {}): ChatTemplate {
  checkArgument("source of chatTemplate", source, "string");
  check("chatTemplate", options, TEMPLATE);
  return new ChatTemplate(source, options);
}

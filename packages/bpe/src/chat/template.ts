import { Template } from "@huggingface/jinja";
import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "../check.js";
import type { Tokenizer } from "../tokenizer.js";
import { encodeTemplate } from "./encode-template.js";
import { TemplateError } from "./errors.js";
import { type Marks, markGeneration, type Span, unmark } from "./generation.js";
import { anyOf, Shield, stringsIn } from "./shield.js";

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
  readonly #template: Template;
  readonly #marks: Marks;
  readonly #hasMarks: boolean;
  readonly #own: Record<string, unknown>;
  /** All the text that is the template's own. */
  readonly #source: string;

  /** @internal */
  constructor(source: string, options: ChatTemplateOptions) {
    const { bosToken, eosToken, variables } = options;
    this.#own = {
      ...(bosToken !== undefined && { bos_token: bosToken }),
      ...(eosToken !== undefined && { eos_token: eosToken }),
      ...variables,
    };
    this.#source = source + stringsIn(this.#own);
    const free = Array.from({ length: 256 }, (_, i) => String.fromCharCode(0xf800 + i)).filter(
      (char) => !this.#source.includes(char),
    );
    this.#marks = { start: free[0]!, end: free[1]! };
    const marked = markGeneration(source, this.#marks);
    this.#hasMarks = marked !== source;
    try {
      this.#template = new Template(marked);
    } catch (cause) {
      throw new TemplateError(`The chat template cannot be read: ${(cause as Error).message}.`, { cause });
    }
  }

  /**
   * The chat as text. To get ids use `encode`: in the text nobody can tell a special token from one that a user typed.
   * @throws TemplateError where the template refuses the chat.
   */
  render(messages: readonly TemplateMessage[], options: RenderTemplateOptions = {}): string {
    const content = contentOf("render", messages, options);
    const shield = this.#shield(content, []);
    return shield.restore(this.#render(shield.hide(content, this.#markPattern)).text);
  }

  /**
   * The chat as ids: those of the rendered text, except that special tokens in messages, tools and variables stay text.
   * @throws TemplateError where the template refuses the chat, or contents would together make a special token.
   */
  encode(
    tokenizer: Tokenizer,
    messages: readonly TemplateMessage[],
    options: RenderTemplateOptions = {},
  ): EncodedTemplate {
    const special = tokenizer.specialTokens;
    const content = contentOf("encode", messages, options);
    const shield = this.#shield(content, special.keys());
    const { text, spans } = this.#safely(content, [...special.keys()], shield);
    const { ids, mask } = encodeTemplate(tokenizer, text, spans, (part) => shield.restore(part));
    const known = new Set(special.values());
    const written = text.match(new RegExp(anyOf(special.keys()), "gu"))?.length ?? 0;
    // A normaliser can make a special token of what did not look like one.
    if (ids.reduce((count, id) => count + (known.has(id) ? 1 : 0), 0) > written) throw forged();
    return { ids, mask: this.#hasMarks ? mask : null };
  }

  /**
   * Renders so that every special token in the text is the template's. Two ways to hide those in the contents:
   * whole tokens only, which leaves ordinary contents as they are; and whatever a token could start with, so that not even
   * contents that the template puts side by side can make one. Where both give the same text, as nearly always, the
   * second is taken. A template that looks for such characters in the contents ("</think>") needs the first.
   */
  #safely(content: unknown, tokens: readonly string[], shield: Shield): { text: string; spans: Span[] } {
    const marks = this.#markPattern.source;
    const whole = new RegExp(`${marks}|(?=${anyOf(tokens)})[^]`, "gu");
    const start = new RegExp(`${marks}|${anyOf(new Set(tokens.map(firstOf)))}`, "gu");
    const open = this.#render(shield.hide(content, whole));
    if (!new RegExp(start, "u").test(stringsIn(content))) return open;
    const closed = this.#render(shield.hide(content, start));
    if (shield.restore(closed.text) === shield.restore(open.text)) return closed;
    const special = new RegExp(anyOf(tokens), "gu");
    if (open.text.match(special)?.join() === closed.text.match(special)?.join()) return open;
    throw forged();
  }

  get #markPattern(): RegExp {
    return new RegExp(`[${this.#marks.start}${this.#marks.end}]`, "gu");
  }

  #shield(content: unknown, tokens: Iterable<string>): Shield {
    const { start, end } = this.#marks;
    const characters = new Set([start, end, ...Array.from(tokens, firstOf)]);
    return new Shield(characters, this.#source + stringsIn(content) + start + end);
  }

  #render(content: unknown): { text: string; spans: Span[] } {
    try {
      return unmark(this.#template.render({ ...this.#own, ...(content as object) }), this.#marks);
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

function contentOf(
  of: string,
  messages: readonly TemplateMessage[],
  options: RenderTemplateOptions,
): unknown {
  checkArgument(`messages of ${of}`, messages, "array");
  check(of, options, RENDER);
  const { addGenerationPrompt = false, tools, variables } = options;
  return { ...variables, messages, tools: tools ?? null, add_generation_prompt: addGenerationPrompt };
}

function forged(): TemplateError {
  return new TemplateError(
    "Contents of this chat would together make a special token of text. " +
      "Take what looks like the beginning of a special token out of the messages.",
  );
}

function firstOf(token: string): string {
  return String.fromCodePoint(token.codePointAt(0)!);
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Tokenizer } from "../src/index.js";
import {
  type ChatTemplate,
  chatTemplate,
  type RenderTemplateOptions,
  TemplateError,
  type TemplateMessage,
} from "../src/template.js";

interface Chat {
  messages: TemplateMessage[];
  tools?: object[];
  add_generation_prompt?: boolean;
  [variable: string]: unknown;
}
interface Golden {
  now: [number, number, number, number, number, number];
  chats: Record<string, Chat>;
  families: Record<string, { special: string[]; added: string[]; results: (string | null)[] }>;
}

const read = (path: string) => readFileSync(new URL(`./golden/${path}`, import.meta.url), "utf8");
// What transformers made of these conversations with the templates of real models, by golden/jinja/families.py.
const golden = JSON.parse(read("jinja/families.json")) as Golden;
const names = Object.keys(golden.families);

beforeAll(() => {
  const [year, month, ...rest] = golden.now;
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(year, month - 1, ...rest) });
});
afterAll(() => {
  vi.useRealTimers();
});

/** The small tokenizer with a family's tokens. */
function tokenizerFor({ special, added }: { special: string[]; added: string[] }): Tokenizer {
  const file = JSON.parse(read("tokenizer.json"));
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const size = Object.keys(file.model.vocab).length;
  for (const [i, content] of [...special, ...added].entries()) {
    file.added_tokens.push({ id: size + i, content, ...flags, special: i < special.length });
  }
  return Tokenizer.fromHF(file);
}

function familyOf(name: string): { template: ChatTemplate; tokenizer: Tokenizer } {
  const template = chatTemplate(read(`jinja/families/${name}.jinja`), {
    bosToken: "<|bos|>",
    eosToken: "<|im_end|>",
  });
  return { template, tokenizer: tokenizerFor(golden.families[name]!) };
}

function optionsOf({ messages: _, tools, add_generation_prompt, ...variables }: Chat): RenderTemplateOptions {
  return { ...(tools && { tools }), addGenerationPrompt: add_generation_prompt ?? false, variables };
}

const digest = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);

describe("text, ids and masks are transformers'", () => {
  test.each(names)("%s", (name) => {
    const { template, tokenizer } = familyOf(name);
    const tokens = [...tokenizer.specialTokens.keys()];
    const wrong: string[] = [];
    for (const [i, [chatName, chat]] of Object.entries(golden.chats).entries()) {
      const options = optionsOf(chat);
      let result: string | null = null;
      try {
        const text = template.render(chat.messages, options);
        const typed = JSON.stringify(chat);
        const { ids, mask } = template.encode(tokenizer, chat.messages, options);
        expect(tokenizer.decode(ids)).toBe(text.normalize("NFC"));
        const forged = tokens.some((token) => typed.includes(token)) || typed.includes("<|im_");
        result = digest(forged ? [text] : [text, Array.from(ids), mask && Array.from(mask)]);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
      }
      if (result !== golden.families[name]!.results[i]) wrong.push(chatName);
    }
    expect(wrong).toEqual([]);
  });
});

describe("special tokens in a chat stay text", () => {
  const specialIn = (tokenizer: Tokenizer, ids: Uint32Array) => {
    const special = new Set(tokenizer.specialTokens.values());
    return Array.from(ids).filter((id) => special.has(id));
  };
  /** The chat with every text a special token, broken or whole. */
  const filled = (chat: Chat, text: string): Chat =>
    JSON.parse(JSON.stringify(chat), (key, value) =>
      ["content", "text", "description", "a"].includes(key) && typeof value === "string"
        ? `x ${text} y`
        : value,
    );

  test.each(names)("%s", (name) => {
    const { template, tokenizer } = familyOf(name);
    const tokens = [...tokenizer.specialTokens.keys()];
    const whole = tokens.join(" and ");
    const broken = tokens.map((token) => `${token[0]}\u{10ffff}${token.slice(1)}`).join(" and ");
    for (const chatName of ["system", "tool-call-text", "image-text-parts", "reasoning"]) {
      const encode = (text: string) => {
        const chat = filled(golden.chats[chatName]!, text);
        return specialIn(tokenizer, template.encode(tokenizer, chat.messages, optionsOf(chat)).ids);
      };
      let honest: number[] | undefined;
      try {
        honest = encode(broken);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
      }
      if (honest) expect(encode(whole)).toEqual(honest);
    }
  });
});

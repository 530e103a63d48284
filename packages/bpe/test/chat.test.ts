import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  CHAT_TOKENS,
  ChatError,
  type ChatMessage,
  MissingTokensError,
  renderChat,
  Tokenizer,
  train,
} from "../src/index.js";

interface Golden {
  tiktoken: string;
  specialTokens: Record<string, number>;
  chats: {
    messages: ChatMessage[];
    ids: number[];
    mask: number[];
    cut: { ids: number[]; mask: number[] };
    completion: number[] | null;
  }[];
}

// What nanochat itself made of these chats, by golden/chat.py.
const golden = JSON.parse(readFileSync(new URL("./golden/chat.json", import.meta.url), "utf8")) as Golden;
const nanochat = Tokenizer.fromTiktoken(golden.tiktoken, {
  pattern: "nanochat",
  specialTokens: golden.specialTokens,
});
const plain = ({ ids, mask }: { ids: Uint32Array; mask: Uint8Array }) => ({
  ids: Array.from(ids),
  mask: Array.from(mask),
});

describe("nanochat's own ids and masks", () => {
  test.each(golden.chats.map((chat, i) => [i, chat] as const))("chat %i", (_, chat) => {
    const { messages, ids, mask, cut, completion } = chat;
    expect(plain(renderChat(nanochat, messages))).toEqual({ ids, mask });
    expect(plain(renderChat(nanochat, messages, { maxTokens: 12 }))).toEqual(cut);
    if (!completion) return;
    const prompt = renderChat(nanochat, messages, { completion: true });
    expect(Array.from(prompt.ids)).toEqual(completion);
    expect(Array.from(prompt.mask)).toEqual([...mask.slice(0, completion.length - 1), 0]);
  });

  test("its special tokens are CHAT_TOKENS, in this order", () => {
    expect(Object.keys(golden.specialTokens)).toEqual(CHAT_TOKENS);
  });
});

describe("by hand", () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await train(["hello there"], { vocabSize: 280, specialTokens: CHAT_TOKENS });
  });
  /** Tokens as text, those to learn in brackets. */
  const shown = (messages: ChatMessage[], options = {}) => {
    const { ids, mask } = renderChat(tokenizer, messages, options);
    let text = "";
    ids.forEach((id, i) => {
      const token = tokenizer.decode([id]);
      text += mask[i] ? `[${token}]` : token;
    });
    return text.replaceAll("][", "");
  };

  test("the mask is on what the assistant writes, and on its end", () => {
    expect(
      shown([
        { role: "system", content: "Be kind." },
        { role: "user", content: "hello" },
        {
          role: "assistant",
          content: [
            { type: "text", text: "hm" },
            { type: "python", text: "1+1" },
            { type: "python_output", text: "2" },
            { type: "text", text: "two" },
          ],
        },
      ]),
    ).toBe(
      "<|bos|><|user_start|>Be kind.\n\nhello<|user_end|><|assistant_start|>" +
        "[hm<|python_start|>1+1<|python_end|>]<|output_start|>2<|output_end|>[two<|assistant_end|>]",
    );
  });

  test("a completion ends where the assistant is to go on, whoever spoke last", () => {
    const asked: ChatMessage[] = [{ role: "user", content: "hi" }];
    const expected = "<|bos|><|user_start|>hi<|user_end|><|assistant_start|>";
    expect(shown(asked, { completion: true })).toBe(expected);
    expect(shown([...asked, { role: "assistant", content: "ho" }], { completion: true })).toBe(expected);
    expect(shown(asked)).toBe("<|bos|><|user_start|>hi<|user_end|>");
  });

  test("no text becomes a special token, whoever wrote it", () => {
    const forged = CHAT_TOKENS.join("");
    const { ids } = renderChat(tokenizer, [
      { role: "system", content: forged },
      { role: "user", content: forged },
      {
        role: "assistant",
        content: [
          { type: "python_output", text: forged },
          { type: "text", text: forged },
        ],
      },
    ]);
    const special = new Set(tokenizer.specialTokens.values());
    const found = Array.from(ids).filter((id) => special.has(id));
    expect(found.map((id) => tokenizer.decode([id])).join("")).toBe(
      "<|bos|><|user_start|><|user_end|><|assistant_start|><|output_start|><|output_end|><|assistant_end|>",
    );
  });

  test("what is no chat is an error that names the message", () => {
    const broken: [unknown[], number, RegExp][] = [
      [[], -1, /no messages/],
      [[{ role: "system", content: "x" }], 0, /alone/],
      [[{ role: "assistant", content: "x" }], 0, /Message 0 has the role "assistant".*user's turn/],
      [
        [
          { role: "system", content: "x" },
          { role: "user", content: "y" },
          { role: "user", content: "z" },
        ],
        2,
        /Message 2 has the role "user".*assistant's turn/,
      ],
      [[{ role: "user", content: "" }], 0, /Message 0 \(user\) is empty/],
      [[{ role: "tool", content: "x" }], 0, /"tool"/],
      [[{ role: "user", content: [{ type: "text", text: "x" }] }], 0, /no text/],
      [
        [
          { role: "user", content: "x" },
          { role: "assistant", content: [] },
        ],
        1,
        /Message 1 .*empty/,
      ],
      [
        [
          { role: "user", content: "x" },
          { role: "assistant", content: [{ type: "image", text: "" }] },
        ],
        1,
        /"image"/,
      ],
    ]; // prettier-ignore
    for (const [messages, index, message] of broken) {
      let thrown: unknown;
      try {
        renderChat(tokenizer, messages as ChatMessage[]);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ChatError);
      expect((thrown as ChatError).message).toMatch(message);
      expect((thrown as ChatError).index).toBe(index);
    }
    const long: ChatMessage[] = [{ role: "user", content: "a long question" }];
    expect(() => renderChat(tokenizer, long, { completion: true, maxTokens: 5 })).toThrow(/maxTokens \(5\)/);
  });

  test("missing tokens are named, and only those that the chat needs", async () => {
    const some = await train(["hello"], {
      vocabSize: 270,
      specialTokens: [
        "<|bos|>",
        "<|user_start|>",
        "<|user_end|>",
        "<|assistant_start|>",
        "<|assistant_end|>",
      ],
    });
    const user: ChatMessage = { role: "user", content: "x" };
    expect(renderChat(some, [user, { role: "assistant", content: "y" }]).ids.length).toBe(7);
    const tool: ChatMessage = { role: "assistant", content: [{ type: "python", text: "1" }] };
    expect(() => renderChat(some, [user, tool])).toThrow(MissingTokensError);
    expect(() => renderChat(some, [user, tool])).toThrow(
      /<\|python_start\|>, <\|python_end\|>\. .*CHAT_TOKENS/,
    );
  });
});

import {
  ContextOverflowError,
  complete,
  distribution,
  generate,
  InvalidLogitsError,
  InvalidOptionError,
  logProbability,
  type TokenEvent,
} from "@llm/sample";
import { describe, expect, test } from "vitest";
import { bytes, model, parrot } from "./models.js";

async function collect(events: AsyncIterable<TokenEvent>): Promise<TokenEvent[]> {
  const list: TokenEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

const noisy = (blockSize = 64) =>
  model(
    (context) =>
      Float32Array.from({ length: 256 }, (_, id) => Math.sin(id * 12.9 + context.length + context.at(-1)!)),
    {
      blockSize,
    },
  );

describe("streaming", () => {
  test("shows whole characters only, and all of them", async () => {
    const text = "naïve 🦊 見る";
    const events = await collect(
      generate(parrot(text, 1), bytes, "x", { maxTokens: bytes.encode(text).length }),
    );
    expect(events.map((event) => event.text).join("")).toBe(text);
    expect(events.map((event) => event.text)).toContain("🦊");
    expect(events.some((event) => event.text.includes("\ufffd"))).toBe(false);
    expect(events.at(-1)!.finishReason).toBe("length");
  });

  test("a character cut off by maxTokens ends as the decoder ends it", async () => {
    const { text } = await complete(parrot("é", 1), bytes, "x", { maxTokens: 1 });
    expect(text).toBe("\ufffd");
  });

  test("a prompt of ids may end inside a character", async () => {
    const ids = [...bytes.encode("aé")].slice(0, 2);
    const { text } = await complete(parrot(String.fromCharCode(0x69), 2), bytes, ids, { maxTokens: 1 });
    expect(text).toBe("\ufffdi"); // the cut character is closed, as a decoder of the whole would do
    const rest = model(() =>
      Float32Array.from({ length: 256 }, (_, id) => (id === 0xa9 ? 0 : Number.NEGATIVE_INFINITY)),
    );
    expect((await complete(rest, bytes, ids, { maxTokens: 1 })).text).toBe("é");
  });
});

describe("ends", () => {
  test("before a stop string that spans tokens; the held text never shows", async () => {
    const { text, finishReason, ids } = await complete(parrot("one. two\n\nthree", 1), bytes, "x", {
      stop: "\n\n",
    });
    expect(text).toBe("one. two");
    expect(finishReason).toBe("stop");
    expect(ids).toHaveLength(10);
  });

  test("at a stop id, whose text is not shown, with what was held back", async () => {
    const { text, finishReason, ids } = await complete(parrot("ab<\u0000", 1), bytes, "x", {
      stop: ["<end>"],
      stopIds: [0],
    });
    expect({ text, finishReason }).toEqual({ text: "ab<", finishReason: "stop" });
    expect(ids.at(-1)).toBe(0);
  });

  test("at maxTokens, with what was held back", async () => {
    const { text, finishReason } = await complete(parrot("ab<e", 1), bytes, "x", {
      stop: "<end>",
      maxTokens: 4,
    });
    expect({ text, finishReason }).toEqual({ text: "ab<e", finishReason: "length" });
  });
});

describe("a full block", () => {
  test('"stop" ends the text there', async () => {
    const events = await collect(generate(noisy(8), bytes, "abc", {}));
    expect(events).toHaveLength(6); // 3 + 5 positions are read, and the sixth token follows them
    expect(events.at(-1)!.finishReason).toBe("context");
    expect(events.slice(0, -1).every((event) => event.finishReason === undefined)).toBe(true);
  });

  test('"error" throws, after the tokens that fit', async () => {
    const events: TokenEvent[] = [];
    await expect(async () => {
      for await (const event of generate(noisy(8), bytes, "abc", { overflow: "error" })) events.push(event);
    }).rejects.toThrow(ContextOverflowError);
    expect(events).toHaveLength(6);
  });

  test('"slide" goes on from the newer half, read again', async () => {
    const endless = noisy(8);
    const events = await collect(generate(endless, bytes, "abc", { overflow: "slide", maxTokens: 20 }));
    expect(events).toHaveLength(20);
    const ids = [...bytes.encode("abc"), ...events.map((event) => event.id)];
    const again = endless.log.steps.filter((list) => list.length === 4);
    expect(again[0]).toEqual(ids.slice(5, 9));
    expect(again.length).toBeGreaterThan(2);
  });

  test("a prompt that is too long is refused, or read from its end", async () => {
    await expect(complete(noisy(8), bytes, "123456789")).rejects.toThrow(
      /9 positions are needed, and the model has 8/,
    );
    const sliding = noisy(8);
    await complete(sliding, bytes, "123456789", { overflow: "slide", maxTokens: 2 });
    expect(sliding.log.steps[0]).toEqual([...bytes.encode("23456789")]);
  });
});

describe("chance", () => {
  test("equal seeds give equal texts; seed and row each change them", async () => {
    const run = (seed: number, row = 0) => complete(noisy(), bytes, "abc", { seed, row, maxTokens: 20 });
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect((await run(6)).ids).not.toEqual(first.ids);
    expect((await run(5, 1)).ids).not.toEqual(first.ids);
  });

  test("writing on from a cut continues as the uncut text did", async () => {
    const whole = await complete(noisy(), bytes, "abc", { seed: 5, maxTokens: 20 });
    const prompt = [...bytes.encode("abc"), ...whole.ids.slice(0, 9)];
    const rest = await complete(noisy(), bytes, prompt, { seed: 5, maxTokens: 11 });
    expect(rest.ids).toEqual(whole.ids.slice(9));
  });

  test("log-probabilities are the model's, whatever the filters", async () => {
    const { ids, logprobs } = await complete(noisy(), bytes, "abc", {
      temperature: 0.3,
      topK: 2,
      maxTokens: 5,
    });
    const context = [...bytes.encode("abc")];
    const session = noisy().session();
    let [logits] = await session.step([{ row: 0, ids: context }]);
    for (let i = 0; i < ids.length; i++) {
      expect(logprobs[i]).toBe(logProbability(logits!, ids[i]!));
      expect(Array.from(distribution(logits!, { topK: 2 }).ids)).toContain(ids[i]);
      [logits] = await session.step([{ row: 0, ids: [ids[i]!] }]);
    }
  });

  test("a repetition penalty sees prompt and output", async () => {
    const constant = model(() => Float32Array.of(1, 0.9, 0.8, 0.7), { vocabSize: 4 });
    const { ids } = await complete(constant, bytes, [0], {
      temperature: 0,
      repetitionPenalty: 10,
      maxTokens: 3,
    });
    expect(Array.from(ids)).toEqual([1, 2, 3]);
  });
});

describe("errors", () => {
  test("an aborted signal ends the text between two tokens, and frees the session", async () => {
    const abort = new AbortController();
    const endless = noisy(1000);
    const events: TokenEvent[] = [];
    await expect(async () => {
      for await (const event of generate(endless, bytes, "abc", { signal: abort.signal })) {
        if (events.push(event) === 3) abort.abort(new Error("enough"));
      }
    }).rejects.toThrow("enough");
    expect(events).toHaveLength(3);
    expect(endless.log.disposed).toBe(1);
  });

  test("leaving the loop frees the session", async () => {
    const endless = noisy();
    for await (const _ of generate(endless, bytes, "abc")) break;
    expect(endless.log.disposed).toBe(1);
  });

  test("NaN logits are an error, not a token", async () => {
    const broken = model(() => new Float32Array(256).fill(Number.NaN));
    await expect(complete(broken, bytes, "abc")).rejects.toThrow(InvalidLogitsError);
    expect(broken.log.disposed).toBe(1);
  });

  test.each([
    ["", {}, /no tokens/],
    [[999], {}, /id 999/],
    ["abc", { maxTokens: 0 }, /maxTokens is 0/],
    ["abc", { seed: 0.5 }, /seed of complete is 0.5/],
    ["abc", { topP: 2 }, /topP is 2/],
  ] as const)("prompt %j with %j is refused", async (prompt, options, message) => {
    const run = complete(noisy(), bytes, prompt, options);
    await expect(run).rejects.toThrow(InvalidOptionError);
    await expect(run).rejects.toThrow(message);
  });

  test("prompts are encoded as plain text where the tokenizer can", async () => {
    const careful = { ...bytes, encodeOrdinary: () => Uint32Array.of(65) };
    const seen = noisy();
    await complete(seen, careful, "<|endoftext|>", { maxTokens: 1 });
    expect(seen.log.steps[0]).toEqual([65]);
  });
});

import { complete, loglikelihood, modelOf } from "@llm/sample";
import type OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { bytes } from "../models.js";
import { actor, babbler, END, serving } from "./server.js";

/** Favours the letter behind the last one. */
const alphabet = modelOf(
  (context) => Float32Array.from({ length: 256 }, (_, id) => -Math.abs(id - 1 - context.at(-1)!)),
  { vocabSize: 256, blockSize: 64, endOfText: END },
);

describe("/v1/completions", () => {
  it("goes on from texts and from ids, several at once", async () => {
    const { client } = await serving(alphabet);
    const request = { model: "model", max_tokens: 3, temperature: 0 };
    const texts = async (prompt: OpenAI.CompletionCreateParams["prompt"], more = {}) => {
      const { choices } = await client.completions.create({ ...request, prompt, ...more });
      return choices.map(({ text, index, finish_reason }) => [index, text, finish_reason]);
    };
    expect(await texts("ab")).toEqual([[0, "cde", "length"]]);
    expect(await texts([97, 98])).toEqual([[0, "cde", "length"]]);
    const both = [
      [0, "cde", "length"],
      [1, "ghi", "length"],
    ];
    expect(await texts(["ab", "ef"])).toEqual(both);
    expect(await texts([[98], [102]])).toEqual(both);
    expect(await texts("ab", { n: 2, echo: true })).toEqual([
      [0, "abcde", "length"],
      [1, "abcde", "length"],
    ]);
    expect(await texts("ab", { stop: "d" })).toEqual([[0, "c", "stop"]]);
    // A text without any begins at the end token.
    expect(await texts("", { max_tokens: 2 })).toEqual([[0, "\u0001\u0002", "length"]]);
  });

  it("draws each prompt's texts as if it came alone", async () => {
    const model = babbler();
    const { client } = await serving(model);
    const options = { seed: 9, max_tokens: 8 };
    const prompt = ["one", "another"];
    const { choices, usage } = await client.completions.create({ model: "model", prompt, n: 2, ...options });
    const own = { seed: 9, maxTokens: 8 };
    const expected = await Promise.all(
      prompt.flatMap((text) => [0, 1].map((row) => complete(model, bytes, text, { ...own, row }))),
    );
    expect(choices.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
    expect(usage).toMatchObject({
      prompt_tokens: 10,
      completion_tokens: expected.reduce((sum, { ids }) => sum + ids.length, 0),
    });
    const seen: string[] = ["", "", "", ""];
    const stream = await client.completions.create({
      model: "model",
      prompt,
      n: 2,
      ...options,
      stream: true,
    });
    for await (const { choices } of stream) seen[choices[0]!.index] += choices[0]!.text;
    expect(seen).toEqual(choices.map(({ text }) => text));
  });

  it("tells log-probabilities of prompt and output, as lm-eval reads them", async () => {
    const { post } = await serving(alphabet);
    const context = [...bytes.encode("ab")];
    const continuation = [...bytes.encode("cdz")];
    const response = await post("/v1/completions", {
      model: "model",
      prompt: [[...context, ...continuation], [97]],
      temperature: 0,
      max_tokens: 1,
      logprobs: 1,
      seed: 1234,
      echo: true,
    });
    const { choices } = (await response.json()) as OpenAI.Completion;
    const { tokens, token_logprobs, top_logprobs, text_offset } = choices[0]!.logprobs!;
    expect(tokens!.join("")).toBe(choices[0]!.text);
    expect(tokens).toHaveLength(6);
    expect(text_offset).toEqual([0, 1, 2, 3, 4, 5]);
    expect([token_logprobs![0], top_logprobs![0]]).toEqual([null, null]);
    const expected = await loglikelihood(alphabet, bytes, "ab", "cdz");
    const scored = token_logprobs!.slice(2, -1);
    for (const [i, logprob] of scored.entries()) expect(logprob).toBeCloseTo(expected.logprobs[i]!, 9);
    const greedy = scored.map((logprob, i) => logprob === Math.max(...Object.values(top_logprobs![2 + i]!)));
    expect(greedy).toEqual([true, true, false]);
    expect(choices[1]!.logprobs!.tokens).toEqual(["a", "b"]);
  });

  it("gives the end token, too, its place among the log-probabilities", async () => {
    const { client } = await serving(actor("Hi"));
    const request = { model: "model", prompt: "Assistant:", max_tokens: 9, logprobs: 2 };
    const { choices } = await client.completions.create(request);
    expect(choices[0]!.text).toBe("Hi");
    expect(choices[0]!.logprobs!.tokens).toEqual(["H", "i", "\u0000"]);
    expect(choices[0]!.logprobs!.text_offset).toEqual([0, 1, 2]);
    const parts: string[] = [];
    for await (const { choices } of await client.completions.create({ ...request, stream: true })) {
      parts.push(...choices[0]!.logprobs!.tokens!);
    }
    expect(parts).toEqual(["H", "i", "\u0000"]);
  });

  it("scores a prompt without writing on, where no token is asked for", async () => {
    const { client } = await serving(alphabet);
    const request = { model: "model", prompt: "abx", max_tokens: 0, echo: true, logprobs: 1, best_of: 1 };
    const { choices, usage } = await client.completions.create(request);
    expect([choices[0]!.text, choices[0]!.finish_reason, usage!.completion_tokens]).toEqual([
      "abx",
      "length",
      0,
    ]);
    expect(choices[0]!.logprobs!.tokens).toEqual(["a", "b", "x"]);
    let streamed = "";
    for await (const { choices } of await client.completions.create({ ...request, stream: true })) {
      streamed += choices[0]!.text;
    }
    expect(streamed).toBe("abx");
  });

  it("says how much of a prompt it had read before", async () => {
    const { client } = await serving(alphabet);
    const ask = async (prompt: string) => {
      const { usage } = await client.completions.create({
        model: "model",
        prompt,
        max_tokens: 2,
        temperature: 0,
      });
      return [usage!.prompt_tokens, usage!.prompt_tokens_details!.cached_tokens];
    };
    expect(await ask("once upon")).toEqual([9, 0]);
    expect(await ask("once upon a time")).toEqual([16, 9]);
    expect(await ask("once")).toEqual([4, 3]);
    expect(await ask("twice")).toEqual([5, 0]);
  });

  it.each([
    [{ prompt: [] }, "prompt"],
    [{ prompt: [1, "a"] }, "prompt[0]"],
    [{ prompt: [300] }, "prompt"],
    [{ prompt: "x".repeat(65) }, "prompt"],
    [{ prompt: undefined }, "prompt"],
    [{ suffix: "end" }, "suffix"],
    [{ best_of: 3 }, "best_of"],
    [{ n: 2, best_of: 1 }, "best_of"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ logprobs: true }, "logprobs"],
    [{ messages: [] }, "messages"],
  ])("refuses %j by name", async (fields, param) => {
    const { post } = await serving(alphabet);
    const response = await post("/v1/completions", { prompt: "a", ...fields });
    const body = (await response.json()) as { error: { param: string } };
    expect([response.status, body.error.param]).toEqual([400, param]);
  });
});

describe("the tokenizer's routes", () => {
  it("turn text into ids and back, as lm-eval asks them to", async () => {
    const { url, post } = await serving(alphabet);
    const info = (await (await fetch(`${url}/tokenizer_info`)).json()) as { eos_token: string };
    expect(info).toMatchObject({ eos_token: "\u0000", vocab_size: 256, max_model_len: 64 });
    const ask = async (path: string, body: object) => (await post(path, body)).json();
    expect(await ask("/tokenize", { prompt: "aé", add_special_tokens: false })).toMatchObject({
      tokens: [97, 195, 169],
      count: 3,
    });
    expect(await ask("/tokenize", { prompt: info.eos_token })).toMatchObject({ tokens: [END] });
    expect(await ask("/detokenize", { tokens: [97, 195, 169] })).toEqual({ prompt: "aé" });
    expect(await ask("/detokenize", { tokens: [999] })).toMatchObject({ error: { param: "tokens" } });
  });
});

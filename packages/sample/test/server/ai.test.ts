import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { modelOf } from "@llm/sample";
import { generateText, streamText } from "ai";
import { describe, expect, it } from "vitest";
import { actor, serving } from "./server.js";

describe("ai with openai-compatible", () => {
  it("chats, and streams", async () => {
    const { url } = await serving(actor("Hello, you"));
    const provider = createOpenAICompatible({ name: "local", baseURL: `${url}/v1`, includeUsage: true });
    const settings = { model: provider("model"), system: "Be brief.", prompt: "Hi" };
    const { text, usage, finishReason } = await generateText({ ...settings, seed: 1, stopSequences: [" "] });
    expect([text, usage.outputTokens, finishReason]).toEqual(["Hello,", 7, "stop"]);
    const stream = streamText(settings);
    let streamed = "";
    for await (const piece of stream.textStream) streamed += piece;
    expect([streamed, await stream.finishReason]).toEqual(["Hello, you", "stop"]);
    expect((await stream.usage).outputTokens).toBe(11);
    const completing = { model: provider.completionModel("model"), prompt: "Hi" };
    expect((await generateText({ ...completing, maxOutputTokens: 30, temperature: 0 })).text).toBeTypeOf(
      "string",
    );
  });

  it("frees the row when its caller aborts", async () => {
    const endless = modelOf(() => new Float32Array(256), { vocabSize: 256, blockSize: 100_000 });
    const { url } = await serving(endless, { maxRows: 1, readTimeout: Number.POSITIVE_INFINITY });
    const provider = createOpenAICompatible({ name: "local", baseURL: `${url}/v1` });
    const stop = new AbortController();
    const model = provider("model");
    const stream = streamText({ model, prompt: "Hi", abortSignal: stop.signal, onError: () => {} });
    for await (const _ of stream.textStream) {
      stop.abort();
      break;
    }
    const next = await generateText({ model, prompt: "Hi", maxOutputTokens: 3, seed: 1 });
    expect(next.finishReason).toBe("length");
  });
});

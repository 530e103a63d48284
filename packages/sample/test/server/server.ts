import { type LogitsModel, modelOf, type Tokenizer } from "@llm/sample";
import { type ServeOptions, type Server, serve } from "@llm/sample/node";
import OpenAI from "openai";
import { onTestFinished } from "vitest";
import { bytes as plain } from "../models.js";

/** A token is a byte, and can tell which. */
const bytes: Tokenizer = { ...plain, tokenBytes: (id) => Uint8Array.of(id) };

/** The id that ends a text. */
export const END = 0;

/** Says `script` behind the last "Assistant:" of a chat, or from the beginning of a prompt without one; then it ends. */
export function actor(script: string, blockSize?: number): LogitsModel {
  return dialogue(() => script, blockSize);
}

/** The same with a script for each prompt, which ends with "Assistant:". */
export function dialogue(scriptOf: (prompt: string) => string, blockSize = 2048): LogitsModel {
  const cue = [...bytes.encode("Assistant:")];
  const sizes = { vocabSize: 256, blockSize, endOfText: END };
  return modelOf((context) => {
    let at = context.length;
    while (at >= cue.length && !cue.every((id, i) => context[at - cue.length + i] === id)) at--;
    if (at < cue.length) at = 0;
    const ids = [...bytes.encode(scriptOf(bytes.decode(context.slice(0, at)))), END];
    const logits = new Float32Array(256).fill(-30);
    logits[ids[(context.length - at) % ids.length]!] = 0;
    return logits;
  }, sizes);
}

/** Every token is as good as any other. */
export function babbler(blockSize = 4096): LogitsModel {
  return modelOf(() => new Float32Array(256), { vocabSize: 256, blockSize, endOfText: END });
}

/** A server for one test, and a client of it. */
export async function serving(
  model: LogitsModel,
  options: ServeOptions = {},
): Promise<
  Server & { client: OpenAI; post(path: string, body: unknown, init?: RequestInit): Promise<Response> }
> {
  const server = await serve(model, bytes, { port: 0, onError: () => {}, ...options });
  onTestFinished(() => server.close({ grace: 0 }));
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: options.apiKey ?? "none" });
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
    });
  return { ...server, client, post };
}

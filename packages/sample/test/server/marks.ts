import { type LogitsModel, modelOf, type Tokenizer } from "@llm/sample";
import { type RenderChat, serve } from "@llm/sample/node";
import OpenAI from "openai";
import { onTestFinished } from "vitest";
import { bytes as plain } from "../models.js";
import { END } from "./server.js";

/** Bytes, and marks that are no text. */
const MARKS = [
  "[TOOL_CALLS]",
  "[ARGS]",
  "<|python_tag|>",
  "<|tool_call|>",
  "<arg_key>",
  "</arg_key>",
  "<arg_value>",
  "</arg_value>",
  "<｜tool▁calls▁begin｜>",
  "<｜tool▁sep｜>",
];
const marks = new RegExp(`(${MARKS.map((mark) => mark.replaceAll(/[[\]|]/g, "\\$&")).join("|")})`);
const tokenBytes = (id: number) => (id < 256 ? Uint8Array.of(id) : new TextEncoder().encode(MARKS[id - 256]));
const tokenizer: Tokenizer = {
  ...plain,
  vocabSize: 256 + MARKS.length,
  tokenBytes,
  specialTokens: new Map(MARKS.map((mark, i) => [mark, 256 + i])),
  decode: (ids) =>
    new TextDecoder().decode(Uint8Array.from(Array.from(ids).flatMap((id) => [...tokenBytes(id)]))),
  decoder() {
    const utf8 = new TextDecoder();
    return { write: (id) => utf8.decode(tokenBytes(id), { stream: true }), end: () => utf8.decode() };
  },
};

/** Marks in a text are special tokens, as models write them. */
export const written = (text: string) =>
  text.split(marks).flatMap((part) => {
    const mark = MARKS.indexOf(part);
    return mark < 0 ? [...plain.encode(part)] : [256 + mark];
  });

/** Says `script` behind "<go>"; without a script everything is as good, but for quotation marks and brackets. */
export function actor(script?: string): LogitsModel {
  const cue = written("<go>");
  const ids = [...written(script ?? ""), END];
  return modelOf(
    (context) => {
      const logits = new Float32Array(tokenizer.vocabSize);
      if (script === undefined)
        return logits.map((_, id) => ('"}]'.includes(String.fromCharCode(id)) ? 3 : 0));
      let at = context.length;
      while (at >= 0 && !cue.every((id, i) => context[at - cue.length + i] === id)) at--;
      logits[ids[(context.length - at) % ids.length]!] = 60;
      return logits;
    },
    { vocabSize: tokenizer.vocabSize, blockSize: 2048, endOfText: END },
  );
}

export async function clientOf(model: LogitsModel, chat: RenderChat): Promise<OpenAI> {
  const server = await serve(model, tokenizer, { port: 0, onError: () => {}, chat });
  onTestFinished(() => server.close({ grace: 0 }));
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
}

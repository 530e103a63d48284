// POST /v1/completions

import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Alternative } from "../alternatives.js";
import type { Job } from "../serving/job.js";
import type { ServedText } from "../serving/served-text.js";
import type { TokenDecoder } from "../types.js";
import { parseBody } from "./body.js";
import { ApiError } from "./errors.js";
import { eventStream } from "./event-stream.js";
import { COMPLETING, MOST_ALTERNATIVES, samplingOf, unsupported } from "./fields.js";
import { finishReasonOf } from "./finish-reason.js";
import type { Service } from "./service.js";
import { usageOf } from "./usage.js";

const Ids = z.array(z.int().min(0)).min(1);

const CompletionBody = z.strictObject({
  ...COMPLETING,
  max_tokens: z.int().min(0).optional(),
  prompt: z.union([z.string(), z.array(z.string()).min(1), Ids, z.array(Ids).min(1)]),
  echo: z.boolean().optional(),
  logprobs: z.int().min(0).max(MOST_ALTERNATIVES).optional(),
  suffix: unsupported(""),
  best_of: z.int().min(1).optional(),
});

type CompletionBody = z.output<typeof CompletionBody>;

/** @throws ApiError */
export async function completions(service: Service, json: unknown, signal: AbortSignal): Promise<Response> {
  const body = parseBody(CompletionBody, json);
  const { logprobs } = body;
  const { n = 1, best_of: best = n, max_tokens: maxTokens = 16 } = body;
  if (best !== n) {
    const message = `best_of: this is not supported here, but as many as n (${n})`;
    throw new ApiError(400, message, { param: "best_of" });
  }
  if (maxTokens === 0 && !body.echo) {
    throw new ApiError(400, "max_tokens: 0 needs echo to be true", { param: "max_tokens" });
  }
  const options = samplingOf(service, body);
  const prompts = promptsOf(body.prompt);
  const job = service.submit(
    prompts.map((prompt) => (typeof prompt === "string" ? service.encode(prompt) : prompt)),
    {
      ...options,
      maxTokens: Math.max(1, maxTokens),
      alternatives: logprobs ?? 0,
      ...(body.echo && logprobs !== undefined && { scored: Math.max(1, logprobs) }),
    },
    "prompt",
    signal,
  );
  const answer = new CompletionAnswer(service, body, prompts, job);
  if (!body.stream) return Response.json(await answer.whole());
  return eventStream(answer.chunks(), {
    last: "[DONE]",
    onCancel: () => job.cancel(),
    onError: (error) => service.apiError(error).toJSON(),
  });
}

function promptsOf(prompt: CompletionBody["prompt"]): (string | number[])[] {
  if (typeof prompt === "string") return [prompt];
  return typeof prompt[0] === "number" ? [prompt as number[]] : (prompt as (string | number[])[]);
}

interface Logprobs {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[];
  text_offset: number[];
}

interface Piece {
  text: string;
  logprobs: Logprobs | null;
  finish_reason: "stop" | "length" | null;
}

class CompletionAnswer {
  readonly #service: Service;
  readonly #body: CompletionBody;
  readonly #prompts: readonly (string | number[])[];
  readonly #job: Job;
  readonly #id = `cmpl-${randomUUID()}`;
  readonly #created = Math.floor(Date.now() / 1000);
  /** Of each text that has begun, where its next token stands. */
  readonly #offsets = new Map<ServedText, Offset>();

  constructor(service: Service, body: CompletionBody, prompts: readonly (string | number[])[], job: Job) {
    this.#service = service;
    this.#body = body;
    this.#prompts = prompts;
    this.#job = job;
  }

  async whole(): Promise<object> {
    const choices = this.#job.texts.map(({ index }) => ({ index, ...emptyPiece(this.#body) }));
    for await (const { index, piece } of this.#pieces()) {
      const choice = choices[index]!;
      choice.text += piece.text;
      choice.finish_reason = piece.finish_reason;
      if (!piece.logprobs || !choice.logprobs) continue;
      for (const field of ["tokens", "token_logprobs", "top_logprobs", "text_offset"] as const) {
        (choice.logprobs[field] as unknown[]).push(...piece.logprobs[field]);
      }
    }
    return { ...this.#head(), choices, usage: this.#usage() };
  }

  async *chunks(): AsyncGenerator<object, void, undefined> {
    const { stream_options, logprobs } = this.#body;
    const usage = stream_options?.include_usage ? { usage: null } : {};
    for await (const { index, piece } of this.#pieces()) {
      if (piece.text === "" && piece.finish_reason === null && logprobs === undefined) continue;
      yield { ...this.#head(), choices: [{ index, ...piece }], ...usage };
    }
    if (stream_options?.include_usage) yield { ...this.#head(), choices: [], usage: this.#usage() };
  }

  async *#pieces(): AsyncGenerator<{ index: number; piece: Piece }, void, undefined> {
    for await (const { text, event } of this.#service.metrics.watch(this.#job)) {
      if (!this.#offsets.has(text)) {
        this.#offsets.set(text, new Offset(this.#service.tokenizer.decoder()));
        if (this.#body.echo) yield { index: text.index, piece: this.#echo(text) };
      }
      const piece = emptyPiece(this.#body);
      if (this.#body.max_tokens === 0) {
        yield { index: text.index, piece: { ...piece, finish_reason: "length" } }; // the one token is not asked for
        continue;
      }
      piece.text = event.text;
      if (event.finishReason) piece.finish_reason = finishReasonOf(event);
      if (piece.logprobs) this.#append(text, piece.logprobs, event, event.alternatives ?? []);
      yield { index: text.index, piece };
    }
  }

  /** The prompt as the beginning of the answer. */
  #echo(text: ServedText): Piece {
    const piece = emptyPiece(this.#body);
    const prompt = this.#prompts[text.prompt]!;
    piece.text = typeof prompt === "string" ? prompt : this.#service.tokenizer.decode(prompt);
    for (const token of text.promptTokens) {
      const { logprobs } = piece;
      if (logprobs) this.#append(text, logprobs, token, token.alternatives);
    }
    return piece;
  }

  #append(
    text: ServedText,
    to: Logprobs,
    { id, logprob }: { id: number; logprob: number | null },
    alternatives: readonly Alternative[] | null,
  ): void {
    const { tokenTexts } = this.#service;
    const token = tokenTexts.text(id);
    to.tokens.push(token);
    to.text_offset.push(this.#offsets.get(text)!.next(id));
    if (logprob === null || alternatives === null) {
      to.token_logprobs.push(null);
      to.top_logprobs.push(null);
      return;
    }
    const listed = alternatives.slice(0, this.#body.logprobs);
    // The same number in both places, to the last bit: clients look whether the token is the best one.
    const own = alternatives.find((each) => each.id === id)?.logprob ?? logprob;
    const top: Record<string, number> = {};
    for (const each of [...listed, { id, logprob: own }]) {
      const key = tokenTexts.text(each.id);
      top[key] = Math.max(each.logprob, top[key] ?? Number.NEGATIVE_INFINITY);
    }
    to.token_logprobs.push(own);
    to.top_logprobs.push(top);
  }

  #usage(): object {
    return usageOf(this.#job, this.#body.max_tokens !== 0);
  }

  #head(): object {
    return { id: this.#id, object: "text_completion", created: this.#created, model: this.#service.name };
  }
}

/** Where tokens begin in the text that they make. */
class Offset {
  readonly #decoder: TokenDecoder;
  #length = 0;

  constructor(decoder: TokenDecoder) {
    this.#decoder = decoder;
  }

  next(id: number): number {
    const before = this.#length;
    this.#length += this.#decoder.write(id).length;
    return before;
  }
}

function emptyPiece({ logprobs }: CompletionBody): Piece {
  const lists = { tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] };
  return { text: "", logprobs: logprobs === undefined ? null : lists, finish_reason: null };
}

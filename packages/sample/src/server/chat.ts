// POST /v1/chat/completions

import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Job, JobEvent } from "../serving/job.js";
import { parseBody } from "./body.js";
import { Messages, templateMessages } from "./chat-messages.js";
import { chatPrompt } from "./chat-prompt-of.js";
import { ApiError } from "./errors.js";
import { eventStream } from "./event-stream.js";
import { COMPLETING, harmless, MOST_ALTERNATIVES, samplingOf, unsupported } from "./fields.js";
import { finishReasonOf } from "./finish-reason.js";
import type { Service } from "./service.js";
import type { TokenLogprob } from "./token-texts.js";
import { usageOf } from "./usage.js";

const ChatBody = z.strictObject({
  ...COMPLETING,
  messages: Messages,
  max_completion_tokens: z.int().min(1).optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().min(0).max(MOST_ALTERNATIVES).optional(),
  prediction: harmless,
  parallel_tool_calls: harmless,
  response_format: unsupported({ type: "text" }),
  tools: unsupported([]),
  tool_choice: unsupported("none", "auto"),
  functions: unsupported([]),
  function_call: unsupported("none", "auto"),
  modalities: unsupported(["text"]),
  audio: unsupported(),
  reasoning_effort: unsupported("none"),
  verbosity: unsupported("medium"),
  web_search_options: unsupported(),
});

type ChatBody = z.output<typeof ChatBody>;

/** @throws ApiError */
export async function chatCompletions(
  service: Service,
  json: unknown,
  signal: AbortSignal,
): Promise<Response> {
  const body = parseBody(ChatBody, json);
  if (body.top_logprobs !== undefined && !body.logprobs) {
    throw new ApiError(400, "top_logprobs: it needs logprobs to be true", { param: "top_logprobs" });
  }
  const options = samplingOf(service, body);
  const { ids, stop = [], stopIds = [] } = chatPrompt(service, templateMessages(body.messages), "messages");
  const job = service.submit(
    [ids],
    {
      ...options,
      stop: [...stop, ...[body.stop ?? []].flat()],
      stopIds: [...service.stopIds, ...stopIds],
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY,
      alternatives: body.logprobs ? (body.top_logprobs ?? 0) : 0,
    },
    "messages",
    signal,
  );
  const answer = new ChatAnswer(service, body, job);
  if (!body.stream) return Response.json(await answer.whole());
  return eventStream(answer.chunks(), {
    last: "[DONE]",
    onCancel: () => job.cancel(),
    onError: (error) => service.apiError(error).toJSON(),
  });
}

interface Choice {
  content: string;
  logprobs: ContentLogprob[];
  finish_reason: string;
}

interface ContentLogprob extends TokenLogprob {
  top_logprobs: TokenLogprob[];
}

class ChatAnswer {
  readonly #service: Service;
  readonly #body: ChatBody;
  readonly #job: Job;
  readonly #id = `chatcmpl-${randomUUID()}`;
  readonly #created = Math.floor(Date.now() / 1000);

  constructor(service: Service, body: ChatBody, job: Job) {
    this.#service = service;
    this.#body = body;
    this.#job = job;
  }

  async whole(): Promise<object> {
    const choices: Choice[] = this.#job.texts.map(() => ({ content: "", logprobs: [], finish_reason: "" }));
    for await (const { text, event } of this.#service.metrics.watch(this.#job)) {
      const choice = choices[text.index]!;
      choice.content += event.text;
      choice.logprobs.push(...this.#logprobs(event));
      if (event.finishReason) choice.finish_reason = finishReasonOf(event);
    }
    return {
      ...this.#head("chat.completion"),
      choices: choices.map(({ content, logprobs, finish_reason }, index) => ({
        index,
        message: { role: "assistant", content, refusal: null },
        logprobs: this.#body.logprobs ? { content: logprobs, refusal: null } : null,
        finish_reason,
      })),
      usage: usageOf(this.#job),
    };
  }

  async *chunks(): AsyncGenerator<object, void, undefined> {
    const { logprobs: wanted, stream_options } = this.#body;
    const usage = stream_options?.include_usage ? { usage: null } : {};
    const chunk = (
      index: number,
      delta: object,
      rest: { logprobs?: object; finish_reason?: string } = {},
    ) => ({
      ...this.#head("chat.completion.chunk"),
      choices: [{ index, delta, logprobs: null, finish_reason: null, ...rest }],
      ...usage,
    });
    for (const { index } of this.#job.texts) yield chunk(index, { role: "assistant", content: "" });
    for await (const { text, event } of this.#service.metrics.watch(this.#job)) {
      const { index } = text;
      const logprobs = this.#logprobs(event);
      if (event.text !== "" || logprobs.length > 0) {
        yield chunk(
          index,
          { content: event.text },
          wanted ? { logprobs: { content: logprobs, refusal: null } } : {},
        );
      }
      if (event.finishReason) yield chunk(index, {}, { finish_reason: finishReasonOf(event) });
    }
    if (stream_options?.include_usage) {
      yield { ...this.#head("chat.completion.chunk"), choices: [], usage: usageOf(this.#job) };
    }
  }

  #head(object: string): object {
    return {
      id: this.#id,
      object,
      created: this.#created,
      model: this.#service.name,
      system_fingerprint: null,
    };
  }

  /** The token that ends an answer is no part of it. */
  #logprobs(event: JobEvent["event"]): ContentLogprob[] {
    if (!this.#body.logprobs || typeof event.stoppedBy === "number") return [];
    const { tokenTexts } = this.#service;
    const top_logprobs = (event.alternatives ?? []).map((each) => tokenTexts.logprob(each));
    return [{ ...tokenTexts.logprob(event), top_logprobs }];
  }
}

// POST /v1/chat/completions

import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Job, JobEvent } from "../serving/job.js";
import { parseBody } from "./body.js";
import { Messages, templateMessages } from "./chat-messages.js";
import { ApiError } from "./errors.js";
import { eventStream } from "./event-stream.js";
import {
  COMPLETING,
  harmless,
  MOST_ALTERNATIVES,
  NAMED_SCHEMA,
  PLAIN_FORMATS,
  samplingOf,
  unsupported,
} from "./fields.js";
import { finishReasonOf } from "./finish-reason.js";
import type { Service } from "./service.js";
import type { AnswerPiece, AnswerReader } from "./structure/answer-reader.js";
import { structureOf } from "./structure/request.js";
import { type ChatTool, ChatToolChoice, ChatTools, chatChoice } from "./structure/tools.js";
import type { TokenLogprob } from "./token-texts.js";
import { usageOf } from "./usage.js";

const ChatBody = z.strictObject({
  ...COMPLETING,
  messages: Messages,
  /** Ids that the answer begins with: it is written on from there, and they are no part of what is sent. */
  answer_ids: z.array(z.int().min(0)).optional(),
  max_completion_tokens: z.int().min(1).optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().min(0).max(MOST_ALTERNATIVES).optional(),
  prediction: harmless,
  response_format: z
    .discriminatedUnion("type", [
      ...PLAIN_FORMATS,
      z.strictObject({ type: z.literal("json_schema"), json_schema: z.strictObject(NAMED_SCHEMA) }),
    ])
    .optional(),
  tools: ChatTools.optional(),
  tool_choice: ChatToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  functions: unsupported([]),
  function_call: unsupported("none", "auto"),
  modalities: unsupported(["text"]),
  audio: unsupported(),
  // Not OpenAI's, but usual: variables of the model's template.
  chat_template_kwargs: z.record(z.string(), z.unknown()).optional(),
  reasoning_effort: z.string().optional(),
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
  if (body.top_logprobs && !body.logprobs) {
    throw new ApiError(400, "top_logprobs: it needs logprobs to be true", { param: "top_logprobs" });
  }
  const options = samplingOf(service, body);
  const structure = structureIn(body);
  const constraint = service.structures.constraint(structure, () => service.chat.calls);
  const { tools } = structure;
  const messages = templateMessages(body.messages);
  const context = { tools, variables: templateVariables(body), param: "messages" };
  const { ids, stop = [], stopIds = [] } = service.chat.prompt(messages, context);
  const { answer_ids = [] } = body;
  if (answer_ids.length > 0 && constraint) {
    throw new ApiError(400, "answer_ids: they cannot be told to fit tools or a format", {
      param: "answer_ids",
    });
  }
  const job = service.submit(
    [[...Array.from(ids), ...answer_ids]],
    {
      ...options,
      stop: [...stop, ...[body.stop ?? []].flat()],
      stopIds: [...service.stopIds, ...stopIds],
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY,
      alternatives: body.logprobs ? (body.top_logprobs ?? 0) : 0,
      ...(constraint && { constraint }),
    },
    "messages",
    signal,
  );
  const answer = new ChatAnswer(service, body, job, tools);
  if (!body.stream) return Response.json(await answer.whole());
  return eventStream(answer.chunks(), {
    last: "[DONE]",
    onCancel: () => job.cancel(),
    onError: (error) => service.apiError(error).toJSON(),
  });
}

function structureIn({ response_format: format, tools, tool_choice: choice, parallel_tool_calls }: ChatBody) {
  const schema = format?.type === "json_schema" ? format.json_schema.schema : undefined;
  return structureOf({
    format: format && { type: format.type, schema },
    formatParam: "response_format",
    tools,
    choice: chatChoice(choice),
    isParallel: parallel_tool_calls,
    toolParam: (index) => `tools[${index}].function.parameters`,
  });
}

/** What the request says to the model's template. A model that does not think longer or shorter takes no notice of an effort. */
function templateVariables({ chat_template_kwargs, reasoning_effort }: ChatBody) {
  if (chat_template_kwargs === undefined && reasoning_effort === undefined) return undefined;
  return { ...(reasoning_effort !== undefined && { reasoning_effort }), ...chat_template_kwargs };
}

interface Call {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

interface Choice {
  content: string;
  tool_calls: Call[];
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
  readonly #readers: readonly AnswerReader[];
  readonly #id = `chatcmpl-${randomUUID()}`;
  readonly #created = Math.floor(Date.now() / 1000);

  constructor(service: Service, body: ChatBody, job: Job, tools: readonly ChatTool[]) {
    this.#service = service;
    this.#body = body;
    this.#job = job;
    this.#readers = job.texts.map(() => service.chat.reader(tools));
  }

  async whole(): Promise<object> {
    const choices = this.#job.texts.map(
      (): Choice => ({ content: "", tool_calls: [], logprobs: [], finish_reason: "" }),
    );
    for await (const { index, pieces, logprobs, finish_reason } of this.#read()) {
      const choice = choices[index]!;
      for (const piece of pieces) append(choice, piece);
      choice.logprobs.push(...logprobs);
      if (finish_reason) choice.finish_reason = finish_reason;
    }
    return {
      ...this.#head("chat.completion"),
      choices: choices.map(({ content, tool_calls, logprobs, finish_reason }, index) => {
        const called = tool_calls.length > 0;
        const text = called && content === "" ? null : content;
        return {
          index,
          message: { role: "assistant", content: text, refusal: null, ...(called && { tool_calls }) },
          logprobs: this.#body.logprobs ? { content: logprobs, refusal: null } : null,
          finish_reason,
        };
      }),
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
    for await (const { index, pieces, logprobs, finish_reason } of this.#read()) {
      const deltas: object[] = pieces.map(deltaOf);
      if (logprobs.length > 0 && deltas.length === 0) deltas.push({ content: "" });
      for (const [i, delta] of deltas.entries()) {
        const isFirst = wanted && i === 0; // they are told once
        yield chunk(index, delta, isFirst ? { logprobs: { content: logprobs, refusal: null } } : {});
      }
      if (finish_reason) yield chunk(index, {}, { finish_reason });
    }
    if (stream_options?.include_usage) {
      yield { ...this.#head("chat.completion.chunk"), choices: [], usage: usageOf(this.#job) };
    }
  }

  async *#read() {
    for await (const { text, event } of this.#service.metrics.watch(this.#job)) {
      const { index } = text;
      const reader = this.#readers[index]!;
      const pieces = reader.read(event.text, event.finishReason !== undefined);
      const reason = event.finishReason && finishReasonOf(event);
      const finish_reason = reason === "stop" && reader.calls > 0 ? "tool_calls" : reason;
      yield { index, pieces, logprobs: this.#logprobs(event), finish_reason };
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

function append(choice: Choice, piece: AnswerPiece): void {
  if (piece.kind === "text") choice.content += piece.text;
  else if (piece.kind === "call") choice.tool_calls.push(callOf(piece));
  else choice.tool_calls[piece.index]!.function.arguments += piece.text;
}

function deltaOf(piece: AnswerPiece): object {
  if (piece.kind === "text") return { content: piece.text };
  const { index } = piece;
  if (piece.kind === "call") return { tool_calls: [{ index, ...callOf(piece) }] };
  return { tool_calls: [{ index, function: { arguments: piece.text } }] };
}

function callOf({ id, name }: { id: string; name: string }): Call {
  return { id, type: "function", function: { name, arguments: "" } };
}

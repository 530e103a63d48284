// POST /v1/responses, without memory: what came before has to be in the input.

import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Job } from "../serving/job.js";
import type { TokenEvent } from "../text-row.js";
import { parseBody } from "./body.js";
import type { ChatMessage } from "./chat-prompt.js";
import { chatPrompt } from "./chat-prompt-of.js";
import { eventStream } from "./event-stream.js";
import { defined, harmless, MOST_ALTERNATIVES, SAMPLING, samplingOf, unsupported } from "./fields.js";
import { finishReasonOf } from "./finish-reason.js";
import { InputItems, inputMessages } from "./response-input.js";
import type { Service } from "./service.js";
import type { TokenLogprob } from "./token-texts.js";
import { tokensOf } from "./usage.js";

const ResponseBody = z.strictObject({
  ...SAMPLING,
  input: z.union([z.string(), InputItems]),
  instructions: z.string().optional(),
  max_output_tokens: z.int().min(1).optional(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_obfuscation: z.literal(false).nullish() }).optional(),
  top_logprobs: z.int().min(0).max(MOST_ALTERNATIVES).optional(),
  include: z.array(z.enum(["message.output_text.logprobs", "reasoning.encrypted_content"])).optional(),
  text: z
    .strictObject({ format: unsupported({ type: "text" }), verbosity: unsupported("medium") })
    .optional(),
  parallel_tool_calls: harmless,
  tools: unsupported([]),
  tool_choice: unsupported("none", "auto"),
  truncation: unsupported("disabled"),
  background: unsupported(false),
  previous_response_id: unsupported(),
  conversation: unsupported(),
  prompt: unsupported(),
  reasoning: unsupported({}, { effort: "none" }),
  max_tool_calls: unsupported(),
});

type ResponseBody = z.output<typeof ResponseBody>;

/** @throws ApiError */
export async function responses(service: Service, json: unknown, signal: AbortSignal): Promise<Response> {
  const body = parseBody(ResponseBody, json);
  const options = samplingOf(service, body);
  const system: ChatMessage[] = body.instructions ? [{ role: "system", content: body.instructions }] : [];
  const {
    ids,
    stop = [],
    stopIds = [],
  } = chatPrompt(service, [...system, ...inputMessages(body.input)], [], "input");
  const wanted = body.include?.includes("message.output_text.logprobs") ?? false;
  const job = service.submit(
    [ids],
    {
      ...options,
      stop,
      stopIds: [...service.stopIds, ...stopIds],
      maxTokens: body.max_output_tokens ?? Number.POSITIVE_INFINITY,
      alternatives: wanted ? (body.top_logprobs ?? 0) : 0,
    },
    "input",
    signal,
  );
  const answer = new ResponseAnswer(service, body, job, wanted);
  if (!body.stream) return Response.json(await answer.whole());
  return eventStream(answer.events(), {
    nameOf: (message) => (message as { type: string }).type,
    onCancel: () => job.cancel(),
    onError: (error) => answer.failure(service.apiError(error).toJSON().error),
  });
}

interface Part {
  type: "output_text";
  text: string;
  annotations: [];
  logprobs: (TokenLogprob & { top_logprobs: TokenLogprob[] })[];
}

class ResponseAnswer {
  readonly #service: Service;
  readonly #body: ResponseBody;
  readonly #job: Job;
  readonly #wantsLogprobs: boolean;
  readonly #id = `resp_${randomUUID()}`;
  readonly #itemId = `msg_${randomUUID()}`;
  readonly #created = Math.floor(Date.now() / 1000);
  readonly #part: Part = { type: "output_text", text: "", annotations: [], logprobs: [] };
  #isCut = false;
  #sequence = 0;

  constructor(service: Service, body: ResponseBody, job: Job, wantsLogprobs: boolean) {
    this.#service = service;
    this.#body = body;
    this.#job = job;
    this.#wantsLogprobs = wantsLogprobs;
  }

  async whole(): Promise<object> {
    for await (const { event } of this.#service.metrics.watch(this.#job)) this.#take(event);
    return this.#ended();
  }

  async *events(): AsyncGenerator<object, void, undefined> {
    const place = { item_id: this.#itemId, output_index: 0, content_index: 0 };
    const emptyPart = { ...this.#part, logprobs: [] };
    yield this.#event("response.created", { response: this.#response("in_progress", []) });
    yield this.#event("response.in_progress", { response: this.#response("in_progress", []) });
    yield this.#event("response.output_item.added", { output_index: 0, item: this.#item("in_progress", []) });
    yield this.#event("response.content_part.added", { ...place, part: emptyPart });
    for await (const { event } of this.#service.metrics.watch(this.#job)) {
      const logprobs = this.#take(event);
      if (event.text === "" && logprobs.length === 0) continue;
      yield this.#event("response.output_text.delta", { ...place, delta: event.text, logprobs });
    }
    const { text, logprobs } = this.#part;
    const status = this.#isCut ? "incomplete" : "completed";
    yield this.#event("response.output_text.done", { ...place, text, logprobs });
    yield this.#event("response.content_part.done", { ...place, part: this.#part });
    yield this.#event("response.output_item.done", {
      output_index: 0,
      item: this.#item(status, [this.#part]),
    });
    yield this.#event(`response.${status}`, { response: this.#ended() });
  }

  failure(error: object): object {
    return this.#event("error", error);
  }

  #take(event: TokenEvent): Part["logprobs"] {
    this.#part.text += event.text;
    if (event.finishReason) this.#isCut = finishReasonOf(event) === "length";
    if (!this.#wantsLogprobs || typeof event.stoppedBy === "number") return [];
    const { tokenTexts } = this.#service;
    const top_logprobs = (event.alternatives ?? []).map((each) => tokenTexts.logprob(each));
    const logprobs = [{ ...tokenTexts.logprob(event), top_logprobs }];
    this.#part.logprobs.push(...logprobs);
    return logprobs;
  }

  #event(type: string, fields: object): object {
    return { type, sequence_number: this.#sequence++, ...fields };
  }

  #item(status: string, content: Part[]): object {
    return { type: "message", id: this.#itemId, status, role: "assistant", content };
  }

  #ended(): object {
    const status = this.#isCut ? "incomplete" : "completed";
    const { prompt, cached, output } = tokensOf(this.#job);
    return {
      ...this.#response(status, [this.#item(status, [this.#part])]),
      usage: {
        input_tokens: prompt,
        input_tokens_details: { cached_tokens: cached },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: prompt + output,
      },
    };
  }

  #response(status: string, output: object[]): object {
    const { instructions, max_output_tokens, temperature, top_p, metadata, user } = this.#body;
    return {
      id: this.#id,
      object: "response",
      created_at: this.#created,
      status,
      error: null,
      incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
      instructions: instructions ?? null,
      max_output_tokens: max_output_tokens ?? null,
      model: this.#service.name,
      output,
      parallel_tool_calls: false,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      store: false,
      temperature: temperature ?? 1,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [],
      top_p: top_p ?? 1,
      truncation: "disabled",
      usage: null,
      ...defined({ metadata, user }),
    };
  }
}

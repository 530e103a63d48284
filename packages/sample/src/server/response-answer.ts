import { randomUUID } from "node:crypto";
import type { Job } from "../serving/job.js";
import type { TokenEvent } from "../text-row.js";
import { finishReasonOf } from "./finish-reason.js";
import type { Service } from "./service.js";
import type { AnswerPiece, AnswerReader } from "./structure/answer-reader.js";
import type { TokenLogprob } from "./token-texts.js";
import { tokensOf } from "./usage.js";

/** What a response repeats of its request. */
export interface ResponseSettings {
  /** Reads the answer. */
  reader: AnswerReader;
  wantsLogprobs: boolean;
  /** Fields of the response that are the request's. */
  echoed: object;
}

interface Part {
  type: "output_text";
  text: string;
  annotations: [];
  logprobs: (TokenLogprob & { top_logprobs: TokenLogprob[] })[];
}

interface MessageItem {
  type: "message";
  id: string;
  status: string;
  role: "assistant";
  content: Part[];
}

interface CallItem {
  type: "function_call";
  id: string;
  status: string;
  call_id: string;
  name: string;
  arguments: string;
}

/** An answer as the route of responses gives it: items, one after the other. */
export class ResponseAnswer {
  readonly #service: Service;
  readonly #job: Job;
  readonly #settings: ResponseSettings;
  readonly #reader: AnswerReader;
  readonly #id = `resp_${randomUUID()}`;
  readonly #created = Math.floor(Date.now() / 1000);
  readonly #output: (MessageItem | CallItem)[] = [];
  /** Log-probabilities of tokens whose text has not been told. */
  #logprobs: Part["logprobs"] = [];
  #isCut = false;
  #sequence = 0;

  constructor(service: Service, job: Job, settings: ResponseSettings) {
    this.#service = service;
    this.#job = job;
    this.#settings = settings;
    this.#reader = settings.reader;
  }

  async whole(): Promise<object> {
    for await (const _ of this.events()) {
      // what the events tell is in the response, too
    }
    return this.#ended();
  }

  async *events(): AsyncGenerator<object, void, undefined> {
    yield this.#event("response.created", { response: this.#response("in_progress", []) });
    yield this.#event("response.in_progress", { response: this.#response("in_progress", []) });
    for await (const { event } of this.#service.metrics.watch(this.#job)) {
      const isEnd = event.finishReason !== undefined;
      if (isEnd) this.#isCut = finishReasonOf(event) === "length";
      this.#note(event);
      for (const piece of this.#reader.read(event.text, isEnd)) yield* this.#tell(piece);
    }
    // An answer of nothing is a message, too.
    if (this.#output.length === 0) yield* this.#openMessage();
    yield* this.#closeItem(this.#isCut ? "incomplete" : "completed");
    yield this.#event(this.#isCut ? "response.incomplete" : "response.completed", {
      response: this.#ended(),
    });
  }

  failure(error: object): object {
    return this.#event("error", error);
  }

  *#tell(piece: AnswerPiece): Generator<object> {
    const last = this.#output.at(-1);
    if (piece.kind === "text") {
      if (last?.type !== "message") {
        yield* this.#closeItem("completed");
        yield* this.#openMessage();
      }
      const [part] = (this.#output.at(-1) as MessageItem).content as [Part];
      const logprobs = this.#logprobs.splice(0);
      part.text += piece.text;
      part.logprobs.push(...logprobs);
      yield this.#event("response.output_text.delta", {
        ...this.#place(),
        content_index: 0,
        delta: piece.text,
        logprobs,
      });
    } else if (piece.kind === "call") {
      yield* this.#closeItem("completed");
      const { id, name } = piece;
      const item: CallItem = {
        type: "function_call",
        id: `fc_${randomUUID()}`,
        status: "in_progress",
        call_id: id,
        name,
        arguments: "",
      };
      this.#output.push(item);
      yield this.#event("response.output_item.added", {
        output_index: this.#output.length - 1,
        item: { ...item },
      });
    } else {
      (last as CallItem).arguments += piece.text;
      yield this.#event("response.function_call_arguments.delta", { ...this.#place(), delta: piece.text });
    }
  }

  *#openMessage(): Generator<object> {
    const item: MessageItem = {
      type: "message",
      id: `msg_${randomUUID()}`,
      status: "in_progress",
      role: "assistant",
      content: [],
    };
    this.#output.push(item);
    yield this.#event("response.output_item.added", {
      output_index: this.#output.length - 1,
      item: { ...item, content: [] },
    });
    item.content.push({ type: "output_text", text: "", annotations: [], logprobs: [] });
    const part = { ...item.content[0], logprobs: [] };
    yield this.#event("response.content_part.added", { ...this.#place(), content_index: 0, part });
  }

  *#closeItem(status: string): Generator<object> {
    const item = this.#output.at(-1);
    if (!item) return;
    item.status = status;
    if (item.type === "message") {
      const [part] = item.content as [Part];
      const { text, logprobs } = part;
      yield this.#event("response.output_text.done", { ...this.#place(), content_index: 0, text, logprobs });
      yield this.#event("response.content_part.done", { ...this.#place(), content_index: 0, part });
    } else {
      const { name, arguments: given } = item;
      yield this.#event("response.function_call_arguments.done", {
        ...this.#place(),
        name,
        arguments: given,
      });
    }
    yield this.#event("response.output_item.done", { output_index: this.#output.length - 1, item });
  }

  /** Where the item is that is being written. */
  #place(): object {
    return { item_id: this.#output.at(-1)!.id, output_index: this.#output.length - 1 };
  }

  #note(event: TokenEvent): void {
    if (!this.#settings.wantsLogprobs || typeof event.stoppedBy === "number") return;
    const { tokenTexts } = this.#service;
    const top_logprobs = (event.alternatives ?? []).map((each) => tokenTexts.logprob(each));
    this.#logprobs.push({ ...tokenTexts.logprob(event), top_logprobs });
  }

  #event(type: string, fields: object): object {
    return { type, sequence_number: this.#sequence++, ...fields };
  }

  #ended(): object {
    const { prompt, cached, output } = tokensOf(this.#job);
    return {
      ...this.#response(this.#isCut ? "incomplete" : "completed", this.#output),
      usage: {
        input_tokens: prompt,
        input_tokens_details: { cached_tokens: cached },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: prompt + output,
      },
    };
  }

  #response(status: string, output: readonly object[]): object {
    return {
      id: this.#id,
      object: "response",
      created_at: this.#created,
      status,
      error: null,
      incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
      model: this.#service.name,
      output,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      store: false,
      truncation: "disabled",
      usage: null,
      ...this.#settings.echoed,
    };
  }
}

import { InvalidOptionError } from "../errors.js";
import type { Job } from "../serving/job.js";
import { type JobOptions, Scheduler } from "../serving/scheduler.js";
import { stopIdsOf } from "../settings.js";
import type { LogitsModel, Tokenizer } from "../types.js";
import { ChatForm } from "./chat-form.js";
import { plainChat } from "./chat-prompt.js";
import { ApiError, apiErrorOf } from "./errors.js";
import { Metrics } from "./metrics.js";
import type { ServeOptions } from "./options.js";
import { Structures } from "./structure/structure.js";
import { TokenTexts } from "./token-texts.js";

/** What all routes have in common: the model, and how it is served. */
export class Service {
  readonly model: LogitsModel;
  readonly tokenizer: Tokenizer;
  readonly scheduler: Scheduler;
  readonly metrics: Metrics;
  readonly tokenTexts: TokenTexts;
  readonly structures = new Structures();
  readonly name: string;
  /** When it began, in seconds since 1970. */
  readonly created = Math.floor(Date.now() / 1000);
  readonly stopIds: readonly number[];
  readonly chat: ChatForm;
  readonly maxBodyBytes: number;
  readonly apiKey: string | undefined;
  readonly origins: readonly string[];
  readonly #encode: (text: string) => ArrayLike<number>;
  readonly #onError: (error: unknown) => void;
  readonly #maxTexts: number;

  constructor(model: LogitsModel, tokenizer: Tokenizer, options: ServeOptions) {
    const { maxRows = 8, keptRows = 8, maxQueue = 128, stepIds = 256, readTimeout = 60_000 } = options;
    this.model = model;
    this.tokenizer = tokenizer;
    this.tokenTexts = new TokenTexts(tokenizer);
    if (!(readTimeout > 0)) {
      throw new InvalidOptionError("readTimeout", `readTimeout is ${readTimeout}; it must be above 0`);
    }
    const sizes = { rows: maxRows, keptRows, queue: maxQueue, stepIds };
    this.scheduler = new Scheduler(model, tokenizer, { ...sizes, readTimeout });
    this.metrics = new Metrics(this.scheduler);
    this.name = options.name ?? "model";
    this.stopIds = [...stopIdsOf(model, options)];
    this.chat = new ChatForm(options.chat ?? plainChat(model, tokenizer), tokenizer);
    this.maxBodyBytes = options.maxBodyBytes ?? 4 * 2 ** 20;
    this.apiKey = options.apiKey;
    this.origins = [...(options.origins ?? [])];
    this.#encode = options.encode ?? ((text) => tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text));
    this.#onError = options.onError ?? ((error) => console.error(error));
    this.#maxTexts = maxRows + maxQueue;
  }

  /** Refuses another model's name. @throws ApiError */
  checkModel(name: string | undefined): void {
    if (name === undefined || name === this.name) return;
    const message = `there is no model "${name}" here: ask for "${this.name}"`;
    throw new ApiError(404, message, { param: "model", code: "model_not_found" });
  }

  /** The ids of a prompt that is text. One without any begins at the end token. */
  encode(text: string): ArrayLike<number> {
    const ids = this.#encode(text);
    const end = this.model.config?.endOfText;
    return ids.length === 0 && end !== undefined ? [end] : ids;
  }

  /**
   * Begins to write. The client's leaving ends it.
   * @param param the field of the request that the prompts came in
   * @throws ApiError
   */
  submit(
    prompts: readonly ArrayLike<number>[],
    options: JobOptions,
    param: string,
    signal: AbortSignal,
  ): Job {
    const count = prompts.length * options.samples;
    if (count > this.#maxTexts) {
      const message = `this asks for ${count} texts at once, and there is room for ${this.#maxTexts}`;
      throw new ApiError(400, message, { param: options.samples > 1 ? "n" : param });
    }
    try {
      const job = this.scheduler.submit(prompts, options);
      if (signal.aborted) job.cancel();
      else signal.addEventListener("abort", () => job.cancel(), { once: true });
      return job;
    } catch (error) {
      throw this.apiError(error, param);
    }
  }

  /** Any error as the client hears of it; one that the client hears nothing of is reported here. */
  apiError(error: unknown, param = "prompt"): ApiError {
    const known = apiErrorOf(error, param);
    if (known.status === 500) this.#onError(error);
    return known;
  }
}
